// A result as a table: only the rows in sight are in the document, so that thousands scroll as ten do.
import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { Output } from '../../runner/session/view.ts';
import { asCsv, asMarkdown, isNumeric, type Sorting, sortRows } from './rows.ts';

export type Result = Extract<Output, { kind: 'result' }>['result'];

const rowHeight = 28;
/** More rows than this scroll in a box of their own. */
const mostShown = 15;
const margin = 10;

export function ResultTable({ result }: { readonly result: Result }) {
  const { columns, rows, rowCount, command, ms } = result;
  const sorting = useSignal<Sorting | undefined>(undefined);
  const hasBars = useSignal(false);
  const top = useSignal(0);
  const box = useRef<HTMLElement>(null);
  const sorted = useMemo(() => sortRows(rows, sorting.value), [rows, sorting.value]);
  const numeric = useMemo(() => columns.map((_, at) => isNumeric(rows, at)), [rows, columns]);
  if (columns.length === 0) return <p class="command">{`${command} · ${time(ms)}`}</p>;

  const isLong = sorted.length > mostShown;
  const first = isLong ? Math.max(0, Math.floor(top.value / rowHeight) - margin) : 0;
  const last = isLong ? Math.min(sorted.length, first + mostShown + 2 * margin) : sorted.length;
  const largest = columns.map((_, at) => Math.max(...rows.map((row) => Math.abs(Number(row[at] ?? 0))), 0));
  const bars = numeric.some(Boolean) && rows.length > 1;
  return (
    <figure class="result">
      <section
        class="rows"
        ref={box}
        tabIndex={0}
        aria-label="Result"
        onScroll={({ currentTarget }) => {
          if (isLong) top.value = currentTarget.scrollTop;
        }}
      >
        <table>
          <thead>
            <tr>
              {columns.map((column, at) => (
                <th
                  key={at}
                  scope="col"
                  aria-sort={
                    sorting.value?.column === at
                      ? sorting.value.descending
                        ? 'descending'
                        : 'ascending'
                      : undefined
                  }
                >
                  <button type="button" onClick={() => (sorting.value = nextSorting(sorting.value, at))}>
                    {column}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {first > 0 && <tr style={{ height: `${first * rowHeight}px` }} />}
            {sorted.slice(first, last).map((row, at) => (
              <tr key={first + at}>
                {row.map((cell, column) => (
                  <td key={column} class={numeric[column] ? 'number' : ''}>
                    {hasBars.value && numeric[column] && (
                      <meter
                        min={0}
                        max={largest[column]! || 1}
                        value={Math.abs(Number(cell ?? 0))}
                        aria-hidden="true"
                      />
                    )}
                    {cell === null ? <i>NULL</i> : cell}
                  </td>
                ))}
              </tr>
            ))}
            {last < sorted.length && <tr style={{ height: `${(sorted.length - last) * rowHeight}px` }} />}
          </tbody>
        </table>
      </section>
      <figcaption>
        <span>
          {counted(rows.length, rowCount)} · {time(ms)}
        </span>
        {bars && (
          <button type="button" aria-pressed={hasBars.value} onClick={() => (hasBars.value = !hasBars.value)}>
            Bars
          </button>
        )}
        <button type="button" onClick={() => copy(asCsv(columns, sorted))}>
          Copy as CSV
        </button>
        <button type="button" onClick={() => copy(asMarkdown(columns, sorted))}>
          as Markdown
        </button>
      </figcaption>
    </figure>
  );
}

const copy = (text: string) => void navigator.clipboard.writeText(text);

/** Up, down, and as it came. */
function nextSorting(sorting: Sorting | undefined, column: number): Sorting | undefined {
  if (sorting?.column !== column) return { column, descending: false };
  return sorting.descending ? undefined : { column, descending: true };
}

const counted = (shown: number, all: number): string =>
  shown < all
    ? `the first ${shown} of ${all.toLocaleString('en')} rows`
    : all === 1
      ? '1 row'
      : `${all.toLocaleString('en')} rows`;

export const time = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
