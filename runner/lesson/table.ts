// A result as psql prints it.
import { showCell, showName, widthOf } from './cell.ts';

export interface TableOptions {
  /** Columns that stand at the right, as psql puts numbers. */
  readonly rightAligned?: ReadonlySet<number>;
  /** All rows of the result, where only the first are given; `(n rows)` says it. */
  readonly rowCount?: number;
}

/** The table with its header and `(n rows)`, without a last newline; safe on a terminal. NULL is blank. */
export function formatTable(
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  { rightAligned, rowCount = rows.length }: TableOptions = {},
): string {
  const header = columns.map(showName);
  const body = rows.map((row) => columns.map((_, i) => showCell(row[i] ?? null)));
  const widths = header.map((name, i) =>
    body.reduce((width, row) => Math.max(width, cellWidth(row[i]!)), widthOf(name)),
  );
  const lines = [
    header.map((name, i) => ` ${center(name, widths[i]!)} `).join('|'),
    columns.length === 0 ? '--' : widths.map((width) => '-'.repeat(width + 2)).join('+'),
  ];
  for (const row of body) lines.push(...formatRow(row, widths, rightAligned));
  lines.push(`(${rowCount} ${rowCount === 1 ? 'row' : 'rows'})`); // as psql, without separators
  return lines
    .map((line) => line.trimEnd())
    .filter((line, i) => i > 0 || line !== '' || columns.length > 0)
    .join('\n');
}

/** One row, whose cells may have several lines; each line fits into the width of its column. */
export function formatRow(
  row: readonly string[],
  widths: readonly number[],
  rightAligned?: ReadonlySet<number>,
): string[] {
  const cells = row.map((cell) => cell.split('\n'));
  const height = Math.max(0, ...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, at) =>
    cells
      .map((cell, i) => formatLine(cell, at, widths[i]!, rightAligned?.has(i) ?? false))
      .join('|')
      .trimEnd(),
  );
}

/** That of its widest line. */
export const cellWidth = (cell: string): number => Math.max(...cell.split('\n').map(widthOf));

function formatLine(cell: readonly string[], at: number, width: number, isRight: boolean): string {
  const text = cell[at] ?? '';
  const padding = ' '.repeat(width - widthOf(text));
  const mark = at < cell.length - 1 ? '+' : ' ';
  return ` ${isRight ? padding + text : text + padding}${mark}`;
}

function center(text: string, width: number): string {
  const room = width - widthOf(text);
  const left = Math.floor(room / 2);
  return ' '.repeat(left) + text + ' '.repeat(room - left);
}

/** What a `result` fence reads back as this value: a backslash more where the text would mean something. */
export function writeCell(value: string | null): string {
  const escaped = escapeBars(showCell(value));
  return /^\s*\\*(\*|\.\.\.)\s*$/.test(escaped) ? escaped.replace(/^\s*/, '$&\\') : escaped;
}

/** The same for the name of a column. */
export const writeName = (name: string): string => escapeBars(showName(name));

/** A bar in a cell, not between two. */
export function escapeBars(text: string): string {
  return text.replace(/\\*\|/g, '\\$&');
}
