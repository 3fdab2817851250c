// How an author has drawn a result: in psql's form or as a markdown table, how wide, and on which side. Rows that are written
// anew are drawn the same way. Pure.
import { widthOf } from '../lesson/cell.ts';
import { cellWidth, formatRow, formatTable } from '../lesson/table.ts';
import type { ExpectedRow, ResultExpectation } from '../lesson/types.ts';

export interface Drawing {
  readonly isMarkdown: boolean;
  /** The names of the columns, and the dashes. */
  readonly head: readonly string[];
  readonly linesOf: (row: ExpectedRow) => readonly string[];
  /** The line that stands for more rows. */
  readonly dots: string | undefined;
  readonly widths: readonly number[];
  /** For each column, where its rows tell it. */
  readonly sides: readonly (Side | undefined)[];
}

type Side = 'left' | 'right';

/** Undefined where there is no table, or one without a line of dashes. */
export function readDrawing(expectation: ResultExpectation, lines: readonly string[]): Drawing | undefined {
  const { columns, rows, open, rowCount, place } = expectation;
  const [header, dashes] = lines;
  if (columns.length === 0 || dashes === undefined) return undefined;
  const filled = lines.slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1);
  const body = rowCount === undefined ? filled : filled.slice(0, -1);
  const dots = open ? body.at(-1) : undefined;
  const end = body.length - (open ? 1 : 0);
  const starts = rows.map((row) => row.place.line - place.line - 1);
  const linesOf = (row: ExpectedRow) => {
    const start = row.place.line - place.line - 1;
    return body.slice(start, starts.find((other) => other > start) ?? end);
  };
  const isMarkdown = dashes.includes('|');
  const widths = cellsOf(dashes.replaceAll('+', '|'), isMarkdown).map((cell) => cell.length - 2);
  if (widths.length !== columns.length) return undefined;
  const drawn = rows.map((row) => cellsOf(linesOf(row)[0]!, isMarkdown));
  const sides = widths.map((width, i) =>
    sideOf(
      drawn.flatMap((cells) => cells[i] ?? []),
      width,
    ),
  );
  return { isMarkdown, head: [header!, dashes], linesOf, dots, widths, sides };
}

function cellsOf(line: string, isMarkdown: boolean): readonly string[] {
  const cells = line.split(/(?<!\\)\|/);
  if (!isMarkdown) return cells;
  const from = cells[0]!.trim() === '' ? 1 : 0;
  return cells.slice(from, cells.at(-1)!.trim() === '' ? -1 : undefined);
}

/** A cell that fills its column tells nothing, and neither does one that is a wildcard. */
function sideOf(cells: readonly string[], width: number): Side | undefined {
  for (const cell of cells) {
    const text = cell.trim();
    if (text === '' || text === '*' || text === '...') continue;
    const before = /^ */.exec(cell)![0].length;
    const after = Math.max(width + 2, widthOf(cell)) - widthOf(cell.trimEnd());
    if (before !== after) return before > after ? 'right' : 'left';
  }
  return undefined;
}

/** One row in the place of another; undefined where it does not fit. */
export function drawRow(
  cells: readonly string[],
  { isMarkdown, widths }: Drawing,
  right: ReadonlySet<number>,
): readonly string[] | undefined {
  if (isMarkdown) return cells.some((cell) => cell.includes('\n')) ? undefined : [bars(cells, widths, right)];
  if (cells.some((cell, i) => cellWidth(cell) > widths[i]!)) return undefined;
  return formatRow(wildcardsLeft(cells, widths), widths, right);
}

/** All of it, as wide as it must be. */
export function drawTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  isMarkdown: boolean,
  right: ReadonlySet<number>,
): readonly string[] {
  if (!isMarkdown || rows.some((cells) => cells.some((cell) => cell.includes('\n')))) {
    const widths = widthsOf(columns, rows);
    const cells = rows.map((row) => wildcardsLeft(row, widths));
    return formatTable(columns, cells, { rightAligned: right }).split('\n').slice(0, -1);
  }
  const widths = widthsOf(columns, rows).map((width) => Math.max(3, width));
  const dashes = widths.map((width) => '-'.repeat(width));
  return [columns, dashes, ...rows].map((cells) => bars(cells, widths, right));
}

const widthsOf = (columns: readonly string[], rows: readonly (readonly string[])[]): readonly number[] =>
  columns.map((name, i) => Math.max(...[name, ...rows.map((row) => row[i]!)].map(cellWidth)));

/** A wildcard is no number, also in a column of numbers. */
const wildcardsLeft = (cells: readonly string[], widths: readonly number[]): readonly string[] =>
  cells.map((cell, i) => (cell === '*' ? cell.padEnd(widths[i]!) : cell));

function bars(cells: readonly string[], widths: readonly number[], right: ReadonlySet<number>): string {
  const padded = wildcardsLeft(cells, widths).map((cell, i) => {
    const padding = ' '.repeat(Math.max(0, widths[i]! - widthOf(cell)));
    return right.has(i) ? padding + cell : cell + padding;
  });
  return `| ${padded.join(' | ')} |`;
}
