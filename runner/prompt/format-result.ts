// A result as text, as psql shows it: a table, or one line a value where the table would be wider than the screen.
import { showCell, showName, widthOf } from '../lesson/cell.ts';
import { formatTable } from '../lesson/table.ts';
import type { Style } from '../report/style.ts';

export interface Result {
  readonly columns: readonly string[];
  /** The positions of those whose type is one of numbers; as their values look unless given. */
  readonly numeric?: readonly number[] | undefined;
  readonly rows: readonly (readonly (string | null)[])[];
  /** All rows of the result, where only the first are given. */
  readonly rowCount: number;
}

export interface ResultOptions {
  /** Of the screen, in characters. */
  readonly width: number;
  /** One line a value; `auto`: where the table is wider than the screen. */
  readonly expanded: Expanded;
  readonly style: Style;
  /** Stands above the table. */
  readonly title?: string;
}

export type Expanded = 'auto' | 'on' | 'off';

/** Without a last newline; safe on a terminal. NULL is blank. */
export function formatResult(result: Result, { width, expanded, style, title }: ResultOptions): string {
  const { rows, rowCount } = result;
  const left = rowCount > rows.length ? [`Only the first ${rows.length} of ${rowCount} rows are shown.`] : [];
  const lines = expanded === 'on' ? expandedLines(result, style) : tableLines(result);
  const widest = Math.max(...lines.map(widthOf));
  if (expanded === 'auto' && widest > width && result.columns.length > 1) {
    return [...titleLines(title, 0), ...expandedLines(result, style), ...left].join('\n');
  }
  const [head = '', ...body] = lines;
  const shown = expanded === 'on' ? lines : [style('bold', head), ...body];
  return [...titleLines(title, expanded === 'on' ? 0 : widest), ...shown, ...left].join('\n');
}

function titleLines(title: string | undefined, width: number): readonly string[] {
  if (title === undefined) return [];
  return [' '.repeat(Math.max(0, Math.floor((width - widthOf(title)) / 2))) + title];
}

const NUMBER = /^(-?\d+(\.\d+)?(e[+-]\d+)?|-?Infinity|NaN)$/;

function tableLines({ columns, numeric, rows, rowCount }: Result): readonly string[] {
  const looksNumeric = (at: number) => rows.every((row) => NUMBER.test(row[at] ?? '0'));
  const rightAligned = new Set(numeric ?? columns.map((_, at) => at).filter(looksNumeric));
  return formatTable(columns, rows, { rightAligned, rowCount }).split('\n');
}

function expandedLines({ columns, rows }: Result, style: Style): readonly string[] {
  if (rows.length === 0) return ['(0 rows)'];
  const names = columns.map(showName);
  const nameWidth = Math.max(0, ...names.map(widthOf));
  const records = rows.map((row) => columns.map((_, i) => showCell(row[i] ?? null).split('\n')));
  const valueWidth = records.reduce(
    (widest, record) => record.flat().reduce((most, line) => Math.max(most, widthOf(line)), widest),
    0,
  );
  return records.flatMap((record, at) => [
    style('dim', recordLine(at + 1, nameWidth, valueWidth)),
    ...record.flatMap((value, i) => valueLines(names[i]!, value, nameWidth)),
  ]);
}

/** `-[ RECORD 1 ]-+------`: the `+` stands above the bar, where there is room for it. */
function recordLine(number: number, nameWidth: number, valueWidth: number): string {
  const head = `-[ RECORD ${number} ]`;
  const line = '-'.repeat(nameWidth + 1).concat('+', '-'.repeat(valueWidth + 1));
  return head + line.slice(head.length);
}

function valueLines(name: string, value: readonly string[], nameWidth: number): readonly string[] {
  return value.map((line, i) => {
    const label = i === 0 ? name : '';
    const start = `${label}${' '.repeat(nameWidth - widthOf(label))} | ${line}`;
    return i < value.length - 1 ? `${start}+` : start.trimEnd();
  });
}
