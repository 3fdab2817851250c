// Which rows a `result` fence has after a run: those of its author that hold, those that came in the place of others, and new ones.
// Pure.
import type { Captured } from '../lesson/captures.ts';
import { fillRow } from '../lesson/fill-block.ts';
import { alignColumns, createResultMatcher } from '../lesson/result.ts';
import { escapeBars, writeCell } from '../lesson/table.ts';
import type { ExpectedRow, ResultExpectation } from '../lesson/types.ts';
import type { ResultAnswer } from './answers.ts';

export interface ChosenRow {
  /** As a fence has them: `*`, `\*`, `a\|b`. */
  readonly cells: readonly string[];
  /** The author's row, where it stays as it is. */
  readonly kept?: ExpectedRow;
}

export interface OrderedAnswer extends ResultAnswer {
  readonly ordered: boolean;
}

/** @param expectation Has the columns of the answer. Where it is open, rows that only its dots stand for are not chosen. */
export function chooseRows(
  expectation: ResultExpectation,
  answer: OrderedAnswer,
  captured: Captured = {},
): readonly ChosenRow[] {
  const { open, columns } = expectation;
  const wanted = expectation.rows.map((row) => fillRow(row, captured));
  const written = new Map(wanted.map((row, i) => [row, expectation.rows[i]!]));
  const { rows, ordered } = answer;
  const { positions } = alignColumns(columns, answer.columns);
  // A column in which the author wants no value gets none in new rows.
  const isFree = columns.map((_, i) => wanted.length > 0 && wanted.every(({ cells }) => cells[i] === '*'));
  const write = (at: number, instead?: ExpectedRow): readonly string[] =>
    positions.map((position, i) => {
      if (instead ? instead.cells[i] === '*' : isFree[i]) return '*';
      const cell = writeCell(rows[at - 1]![position] ?? null);
      // The name of a captured value stays where the value is right.
      return instead && escapeBars(instead.cells[i]!) === cell
        ? escapeBars(written.get(instead)!.cells[i]!)
        : cell;
    });
  const keep = (row: ExpectedRow): ChosenRow => ({
    cells: written.get(row)!.cells.map(escapeBars),
    kept: row,
  });

  // Where order does not count, the dots would take the row that came in the place of another.
  const matcher = createResultMatcher(
    { ...expectation, rows: wanted, open: open && ordered },
    answer.columns,
    { ordered },
  );
  for (const row of rows) matcher.push(row);
  const difference = matcher.finish();
  if (difference === undefined) return wanted.map(keep);
  const { changed, missing, unexpected, missingCount, unexpectedCount } = difference;
  const isWhole =
    changed.length + missing.length === missingCount &&
    (open || changed.length + unexpected.length === unexpectedCount);
  if (!isWhole) {
    const all = rows.map((_, i) => ({ cells: write(i + 1) }));
    return open ? all.slice(0, wanted.length) : all;
  }
  const instead = new Map(changed.map(({ expected, actual }) => [expected, actual.row]));
  if (!ordered) {
    for (const [i, row] of missing.entries()) if (unexpected[i]) instead.set(row, unexpected[i].row);
    const gone = new Set(missing);
    const chosen = wanted.flatMap((row): readonly ChosenRow[] => {
      const at = instead.get(row);
      if (at !== undefined) return [{ cells: write(at, row) }];
      return gone.has(row) ? [] : [keep(row)];
    });
    const added = open ? [] : unexpected.slice(missing.length);
    return [...chosen, ...added.map(({ row }) => ({ cells: write(row) }))];
  }
  const cameFor = new Map(changed.map(({ expected, actual, cells }) => [actual.row, { expected, cells }]));
  const isNew = new Set(unexpected.map(({ row }) => row));
  const held = wanted.filter((row) => !instead.has(row) && !missing.includes(row));
  const chosen: ChosenRow[] = [];
  for (let at = 1; at <= rows.length; at++) {
    if (open && held.length === 0 && cameFor.size === 0) break;
    const change = cameFor.get(at);
    if (change !== undefined) {
      cameFor.delete(at);
      const cells = write(at, change.expected);
      chosen.push(change.cells.length === 0 ? { cells, kept: change.expected } : { cells });
      continue;
    }
    const kept = isNew.has(at) ? undefined : held.shift();
    chosen.push(kept ? { cells: write(at, kept), kept } : { cells: write(at) });
  }
  return chosen;
}
