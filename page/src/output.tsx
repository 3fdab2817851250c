// What a block printed.
import type { Output as One } from '../../runner/session/view.ts';
import { ResultTable, time } from './result-table.tsx';

interface Props {
  readonly output: readonly One[];
  /** What ran. */
  readonly text: string;
}

export function Output({ output }: Props) {
  return (
    <div class="output" aria-live="polite">
      {output.map((one, at) => (
        <OutputPart key={at} one={one} />
      ))}
    </div>
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
      return <SqlError one={one} />;
    case 'writer': {
      const { name, acknowledged, refused, outageMs } = one.report;
      const lost = refused > 0 ? `, ${refused} not, over ${time(outageMs)}` : '';
      return <p class="notice">{`${name}: ${acknowledged} writes acknowledged${lost}.`}</p>;
    }
    case 'result':
      return <ResultTable result={one.result} />;
  }
}

function SqlError({ one: { failure, expected } }: { readonly one: Extract<One, { kind: 'error' }> }) {
  const { message, sqlstate, detail, hint } = failure;
  return (
    <div class={expected ? 'error expected' : 'error'} role={expected ? undefined : 'alert'}>
      <p>
        <b>ERROR:</b> {message} <small>{sqlstate}</small>
      </p>
      {detail && <p>Detail: {detail}</p>}
      {hint && <p>Hint: {hint}</p>}
    </div>
  );
}
