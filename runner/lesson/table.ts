// A result as psql prints it.
import { showCell, showName, widthOf } from './cell.ts';

export interface TableOptions {
  /** Columns that stand at the right, as psql puts numbers. */
  readonly rightAligned?: ReadonlySet<number>;
  /** All rows of the result, where only the first are given; `(n rows)` says it. */
  readonly rowCount?: number;
  /** Writes what a `result` fence reads back as these cells: `\|`, `\*`, `\...`. */
  readonly forLesson?: boolean;
}

/** The table with its header and `(n rows)`, without a last newline; safe on a terminal. NULL is blank. */
export function formatTable(
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  { rightAligned, rowCount = rows.length, forLesson = false }: TableOptions = {},
): string {
  const [writeName, writeCell] = forLesson ? [escapeBars, escapeCell] : [asItIs, asItIs];
  const header = columns.map((name) => writeName(showName(name)));
  const body = rows.map((row) => columns.map((_, i) => writeCell(showCell(row[i] ?? null)).split('\n')));
  const widths = header.map((name, i) =>
    body.reduce(
      (width, row) => row[i]!.reduce((most, line) => Math.max(most, widthOf(line)), width),
      widthOf(name),
    ),
  );
  const lines = [
    header.map((name, i) => ` ${center(name, widths[i]!)} `).join('|'),
    columns.length === 0 ? '--' : widths.map((width) => '-'.repeat(width + 2)).join('+'),
  ];
  for (const row of body) {
    const height = Math.max(0, ...row.map((cell) => cell.length));
    for (let at = 0; at < height; at++) {
      lines.push(
        row.map((cell, i) => formatLine(cell, at, widths[i]!, rightAligned?.has(i) ?? false)).join('|'),
      );
    }
  }
  lines.push(`(${rowCount} ${rowCount === 1 ? 'row' : 'rows'})`); // as psql, without separators
  return lines
    .map((line) => line.trimEnd())
    .filter((line, i) => i > 0 || line !== '' || columns.length > 0)
    .join('\n');
}

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

function asItIs(text: string): string {
  return text;
}

/** What a `result` fence reads back as this text: a backslash more where the text would mean something. */
function escapeCell(text: string): string {
  const escaped = escapeBars(text);
  return /^\s*\\*(\*|\.\.\.)\s*$/.test(escaped) ? escaped.replace(/^\s*/, '$&\\') : escaped;
}

function escapeBars(text: string): string {
  return text.replace(/\\*\|/g, '\\$&');
}
