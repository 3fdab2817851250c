// What a block printed.
import type { Output as One } from '../../runner/session/view.ts';
import { ResultTable } from './result-table.tsx';

export function Output({ output }: { readonly output: readonly One[] }) {
  return (
    <>
      {output.map((one, at) => (
        <OutputPart key={at} one={one} />
      ))}
    </>
  );
}

function OutputPart({ one }: { readonly one: One }) {
  switch (one.kind) {
    case 'notice':
      return (
        <p class="notice">
          {one.notice.severity}: {one.notice.message}
        </p>
      );
    case 'text':
      return <pre class="text">{one.text}</pre>;
    case 'error':
      return (
        <p class={one.expected ? 'error expected' : 'error'}>
          ERROR: {one.failure.message} ({one.failure.sqlstate})
        </p>
      );
    case 'writer':
      return (
        <p class="notice">
          {one.report.name}: {one.report.acknowledged} writes acknowledged, {one.report.refused} not
        </p>
      );
    case 'result':
      return <ResultTable result={one.result} />;
  }
}
