// A result as a table: only the rows in sight are in the document, so that thousands scroll as ten do.
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Output } from '../../runner/session/view.ts';
import { asCsv, asMarkdown, describeColumns, rowsInSight, type Sorting, sortRows } from './rows.ts';

export type Result = Pick<
  Extract<Output, { kind: 'result' }>['result'],
  'columns' | 'rows' | 'rowCount' | 'command' | 'ms'
>;

const rowHeight = 28;
/** More rows than this scroll in a box of their own. */
const mostShown = 15;

export function ResultTable({ result }: { readonly result: Result }) {
  const { columns, rows, rowCount, command, ms } = result;
  const sorting = useSignal<Sorting | undefined>(undefined);
  const hasBars = useSignal(false);
  const top = useSignal(0);
  const copied = useSignal('');
  const sorted = useMemo(() => sortRows(rows, sorting.value), [rows, sorting.value]);
  const shapes = useMemo(() => describeColumns(columns, rows), [columns, rows]);
  if (columns.length === 0) return <p class="command">{`${command} · ${time(ms)}`}</p>;

  const isLong = sorted.length > mostShown;
  const { first, last } = isLong
    ? rowsInSight({ top: top.value, rowHeight, inBox: mostShown, all: sorted.length })
    : { first: 0, last: sorted.length };
  const bars = shapes.some(({ isNumeric }) => isNumeric) && rows.length > 1;
  const copy = async (text: string, what: string) => {
    await navigator.clipboard.writeText(text);
    copied.value = `Copied ${counted(rows.length, rows.length)} as ${what}.`;
  };
  return (
    <figure class="result">
      <section
        class={isLong ? 'rows long' : 'rows'}
        tabIndex={0}
        aria-label="Result"
        onScroll={({ currentTarget }) => {
          if (isLong) top.value = currentTarget.scrollTop;
        }}
      >
        <table aria-rowcount={sorted.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map((column, at) => (
                <th
                  key={at}
                  scope="col"
                  style={{ '--characters': shapes[at]!.characters }}
                  aria-sort={sorting.value?.column === at ? directionOf(sorting.value) : undefined}
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
              <tr key={first + at} aria-rowindex={first + at + 2}>
                {row.map((cell, column) => (
                  <td
                    key={column}
                    class={shapes[column]!.isNumeric ? 'number' : ''}
                    title={isLong && cell !== null && cell.length > longestInSight ? cell : undefined}
                  >
                    {hasBars.value && shapes[column]!.isNumeric && (
                      <meter
                        min={0}
                        max={shapes[column]!.largest || 1}
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
        <button type="button" onClick={() => copy(asCsv(columns, sorted), 'CSV')}>
          Copy as CSV
        </button>
        <button type="button" onClick={() => copy(asMarkdown(columns, sorted), 'Markdown')}>
          as Markdown
        </button>
        <span role="status">{copied.value}</span>
      </figcaption>
    </figure>
  );
}

/** What is cut in a long result can be read by pointing at it. */
const longestInSight = 60;

const directionOf = ({ descending }: Sorting) => (descending ? 'descending' : 'ascending');

/** Up, down, and as it came. */
function nextSorting(sorting: Sorting | undefined, column: number): Sorting | undefined {
  if (sorting?.column !== column) return { column, descending: false };
  return sorting.descending ? undefined : { column, descending: true };
}

const counted = (shown: number, all: number): string =>
  shown < all
    ? `the first ${shown.toLocaleString('en')} of ${all.toLocaleString('en')} rows`
    : all === 1
      ? '1 row'
      : `${all.toLocaleString('en')} rows`;

export const time = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
