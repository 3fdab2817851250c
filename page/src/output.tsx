// What a block printed.
import { explainError, lessonToRead } from '../../runner/lesson/explain-error.ts';
import type { Output as One } from '../../runner/session/view.ts';
import { ResultTable, time } from './result-table.tsx';
import { lesson } from './store.ts';

export function Output({ output }: { readonly output: readonly One[] }) {
  return (
    <div class="output" aria-live="polite">
      {output.map((one, at) => (
        <OutputPart key={at} one={one} />
      ))}
    </div>
  );
}

/** Where in the text of a cell its last error is, from 0. The text may be another by now. */
export function errorIn(output: readonly One[], text: string): number | undefined {
  const error = output.findLast((one) => one.kind === 'error');
  if (error?.kind !== 'error' || error.failure.position === undefined) return undefined;
  const start = text.indexOf(error.sql);
  return start === -1 ? undefined : start + error.failure.position - 1;
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

function SqlError({ one: { failure, sql, expected } }: { readonly one: Extract<One, { kind: 'error' }> }) {
  const { message, sqlstate, detail, hint } = failure;
  const why = explainError(failure, { sql });
  const more = why && lesson.value && lessonToRead(why, lesson.value.id);
  return (
    <div class={expected ? 'error expected' : 'error'} role={expected ? undefined : 'alert'}>
      <p>
        <b>ERROR:</b> {message} <small>{sqlstate}</small>
      </p>
      {detail && <p>Detail: {detail}</p>}
      {hint && <p>Hint: {hint}</p>}
      {why && (
        <p class="why">
          {why.sentence}
          {more && (
            <>
              {' See lesson '}
              <a href={`/${more}`} data-lesson={more}>
                {more}
              </a>
              .
            </>
          )}
        </p>
      )}
    </div>
  );
}
