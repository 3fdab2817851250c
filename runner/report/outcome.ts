// A failed expectation in words: expected, actual, and what to look at.
import { shorten } from '../connect/limit.ts';
import { plural } from '../lesson/plural.ts';
import type { ResultDifference } from '../lesson/result.ts';
import type { FailedOutcome } from '../session/events.ts';
import { printable, type Style } from './style.ts';

/** Lines without indentation; the first says what failed and where. */
export function describeFailure(outcome: FailedOutcome, style: Style): string[] {
  const { title, place, expected, actual, say, look, difference } = outcome;
  return [
    `${style(['bold', 'red'], `✗ ${printable(title)}`)}  ${style('dim', `${place.file}:${place.line}`)}`,
    ...(say === undefined ? [] : [`    ${say}`]),
    ...(difference === undefined
      ? [...labelled('expected', expected, style), ...labelled('actual', actual, style)]
      : describeDifference(difference, style)),
    ...(look === undefined ? [] : labelled('look at', look.replace(/\s+/g, ' '), style)),
  ];
}

function labelled(label: string, text: string, style: Style): string[] {
  const [first = '', ...rest] = printable(shorten(text)).split('\n');
  return [
    `    ${style('dim', label.padEnd(8))} ${first}`,
    ...rest.map((line) => `    ${' '.repeat(8)} ${line}`),
  ];
}

/** Cell by cell where a row is like an expected one; else the whole row. */
function describeDifference(difference: ResultDifference, style: Style): string[] {
  const { columns, missingColumns, unexpectedColumns, rowCount, changed, missing, unexpected } = difference;
  const expected = (text: string) => `      ${style('green', '- expected')} ${text}`;
  const actual = (text: string) => `      ${style('red', '+ actual  ')} ${text}`;
  const row = (cells: readonly string[]) =>
    columns.map((column, at) => `${column} = ${shown(cells[at])}`).join(', ');
  const least = rowCount.isAtLeast ? 'at least ' : '';
  return [
    ...(rowCount.actual === rowCount.expected
      ? []
      : [`    expected ${least}${plural(rowCount.expected, 'row')}, got ${rowCount.actual}`]),
    ...missingColumns.map((name) => `    column ${shown(name)} is missing`),
    ...unexpectedColumns.map((name) => `    column ${shown(name)} is not expected`),
    ...changed.flatMap(({ expected: want, actual: got, cells }) => [
      `    row ${got.row} of the result${cells.length > 0 ? '' : ' is out of order'}, line ${want.place.line} of the lesson`,
      ...(cells.length > 0 ? [] : [actual(row(got.cells))]),
      ...cells.flatMap((cell) => [
        expected(`${cell.column} = ${shown(cell.expected)}`),
        actual(`${cell.column} = ${shown(cell.actual)}`),
      ]),
    ]),
    ...missing.flatMap(({ cells, place }) => [
      `    no such row, line ${place.line} of the lesson`,
      expected(row(cells)),
    ]),
    ...unexpected.flatMap((got) => [
      `    row ${got.row} of the result is not expected`,
      actual(row(got.cells)),
    ]),
    ...leftOut(difference),
  ];
}

function leftOut({
  missingCount,
  unexpectedCount,
  changed,
  missing,
  unexpected,
}: ResultDifference): string[] {
  const left = missingCount + unexpectedCount - 2 * changed.length - missing.length - unexpected.length;
  return left > 0 ? [`    and ${plural(left, 'more row')} that differ`] : [];
}

function shown(cell: string | undefined): string {
  return cell === undefined || cell === '' ? '(blank)' : printable(shorten(cell));
}
