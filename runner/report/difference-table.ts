// The rows in which a result differs from the lesson's, as a table: what was expected above what came.

import { widthOf } from '../lesson/cell.ts';
import { KEPT_ROWS, type ResultDifference } from '../lesson/difference.ts';
import { grouped } from '../lesson/grouped.ts';
import { formatTable } from '../lesson/table.ts';
import type { Place } from '../lesson/types.ts';
import type { Style } from './style.ts';

export interface DifferenceOptions {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly width: number;
  /** For authors: the lines in which the lesson has the expected rows. */
  readonly withLines?: boolean;
}

/** Lines without indentation, at most `width` wide where that leaves room for a column. */
export function differenceTable(difference: ResultDifference, options: DifferenceOptions): string[] {
  const rows = toRows(difference, options.withLines ?? false);
  const shown = rows.slice(0, mostRows);
  const lines = shown.length === 0 ? [] : drawFitting(shown.flat(), difference.columns, options);
  return [
    ...countLine(difference),
    ...columnLines(difference),
    ...lines,
    ...leftOut(countDiffering(difference) - shown.length),
  ];
}

const mostRows = 8;

/** One line of the table. A row that was expected otherwise has two. */
interface Line {
  readonly kind: 'expected' | 'actual' | 'misplaced';
  readonly label: string;
  readonly row: string;
  readonly cells: readonly string[];
  /** The positions of the cells that differ from the other line of the row. */
  readonly differing: readonly number[];
}

function toRows({ columns, changed, missing, unexpected }: ResultDifference, withLines: boolean): Line[][] {
  const lineOf = ({ line }: Place) => (withLines ? `line ${line}` : '');
  const pairs = changed.map(({ expected, actual, cells }): Line[] => {
    const differing = cells.map(({ column }) => columns.indexOf(column));
    const got = { row: String(actual.row), cells: actual.cells, differing };
    if (cells.length === 0) return [{ kind: 'misplaced', label: '~ out of order', ...got }];
    const wanted = { row: lineOf(expected.place), cells: expected.cells, differing };
    return [
      { kind: 'expected', label: '- expected', ...wanted },
      { kind: 'actual', label: '+ actual', ...got },
    ];
  });
  const alone = { differing: [] };
  return [
    ...pairs,
    ...missing.map(({ cells, place }): Line[] => [
      { kind: 'expected', label: '- missing', row: lineOf(place), cells, ...alone },
    ]),
    ...unexpected.map(({ row, cells }): Line[] => [
      { kind: 'actual', label: '+ not expected', row: String(row), cells, ...alone },
    ]),
  ];
}

/** A row that was expected otherwise is missing and unexpected, and counts once. */
function countDiffering({ missingCount, unexpectedCount, changed }: ResultDifference): number {
  if (changed.length === KEPT_ROWS) return Math.max(missingCount, unexpectedCount);
  return missingCount + unexpectedCount - changed.length;
}

/** All columns where there is room; else the first and those that differ; else those with shorter cells, or fewer. */
function drawFitting(lines: readonly Line[], names: readonly string[], options: DifferenceOptions): string[] {
  const { width, style } = options;
  const all = names.map((_, at) => at);
  const differing = new Set(lines.flatMap((line) => line.differing));
  const fits = (drawn: readonly string[]) => drawn.every((line) => widthOf(line) <= width);
  let chosen = all;
  let longest = Number.POSITIVE_INFINITY;
  let drawn = draw(lines, names, chosen, longest);
  if (!fits(drawn) && differing.size > 0) {
    chosen = all.filter((at) => at === 0 || differing.has(at));
    drawn = draw(lines, names, chosen, longest);
  }
  while (!fits(drawn) && (longest > shortest || chosen.length > 1)) {
    if (longest > shortest) longest = Math.max(shortest, Math.min(longest, width) - 4);
    else chosen = chosen.slice(0, -1);
    drawn = draw(lines, names, chosen, longest);
  }
  const hidden = all.length - chosen.length;
  return [
    ...drawn.map((text, at) => colored(lines[at - headLines], text, style)),
    ...(hidden === 0 ? [] : [style('dim', `${hidden} ${hidden === 1 ? 'column' : 'columns'} not shown`)]),
  ];
}

/** The names and the rule below them. */
const headLines = 2;

/** A cell is not cut to fewer columns than this while there are columns to leave out. */
const shortest = 8;

function draw(
  lines: readonly Line[],
  names: readonly string[],
  chosen: readonly number[],
  longest: number,
): string[] {
  const marked = new Set(lines.flatMap(({ differing }) => differing));
  const cellOf = ({ kind, cells, differing }: Line, at: number) => {
    const text = shortened(cells[at] || '(blank)', longest);
    if (!marked.has(at)) return text;
    return kind === 'actual' && differing.includes(at) ? `≠ ${text}` : `  ${text}`;
  };
  const header = ['', 'row', ...chosen.map((at) => shortened(names[at]!, longest))];
  const cells = lines.map((line) => [line.label, line.row, ...chosen.map((at) => cellOf(line, at))]);
  const isNumber = (cell: string) => /^(≠ | {2})?(-?\d+(\.\d+)?|\*|)$/.test(cell);
  const numbers = header
    .map((_, at) => at)
    .filter((at) => at > 0 && cells.every((row) => isNumber(row[at]!)));
  return formatTable(header, cells, { rightAligned: new Set(numbers) })
    .split('\n')
    .slice(0, -1);
}

/** In one line. */
function shortened(text: string, longest: number): string {
  const line = text.replaceAll('\n', '\\n');
  if (widthOf(line) <= longest) return line;
  let kept = '';
  for (const character of line) {
    if (widthOf(kept + character) >= longest) break;
    kept += character;
  }
  return `${kept}…`;
}

function colored(line: Line | undefined, text: string, style: Style): string {
  switch (line?.kind) {
    case undefined:
      return text;
    case 'expected':
      return style('green', text);
    case 'actual':
      return style('red', text);
    case 'misplaced':
      return style('yellow', text);
  }
}

function countLine({ rowCount: { expected, isAtLeast, actual } }: ResultDifference): string[] {
  if (actual === expected || (isAtLeast && actual > expected)) return [];
  return [`expected ${isAtLeast ? 'at least ' : ''}${rows(expected)}, got ${grouped(actual)}`];
}

function columnLines({ missingColumns, unexpectedColumns }: ResultDifference): string[] {
  return [
    ...missingColumns.map((name) => `column ${name || '(blank)'} is missing`),
    ...unexpectedColumns.map((name) => `column ${name || '(blank)'} is not expected`),
  ];
}

function leftOut(left: number): string[] {
  if (left <= 0) return [];
  return [`and ${grouped(left)} more ${left === 1 ? 'row differs' : 'rows differ'}`];
}

function rows(number: number): string {
  return `${grouped(number)} ${number === 1 ? 'row' : 'rows'}`;
}
