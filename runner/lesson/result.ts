// Holds the rows of a result against a `result` fence, one at a time: five million rows take no more room than ten.
import { comparable, showName } from './cell.ts';
import type { ActualRow, ChangedRow, ResultDifference, RowCount } from './difference.ts';
import { matchBag } from './match-bag.ts';
import { matchSequence, type UnmatchedRows } from './match-sequence.ts';
import { differingCells, type RowPattern, toPattern } from './row-pattern.ts';
import type { ResultExpectation } from './types.ts';

export type { ResultDifference } from './difference.ts';

export interface ResultMatcher {
  push(row: readonly (string | null)[]): void;
  /** Undefined where the result is as the lesson says. */
  finish(): ResultDifference | undefined;
}

export interface MatchOptions {
  /** Whether the statement says in which order its rows come. */
  readonly ordered: boolean;
}

/** `columns` are those of the result, known before its first row. */
export function createResultMatcher(
  expectation: ResultExpectation,
  columns: readonly string[],
  { ordered }: MatchOptions,
): ResultMatcher {
  const { positions, missingColumns, unexpectedColumns } = alignColumns(expectation.columns, columns);
  const hasColumns = missingColumns.length === 0 && unexpectedColumns.length === 0;
  const patterns = expectation.rows.map(toPattern);
  const matcher = ordered ? matchSequence(patterns, expectation.open) : matchBag(patterns, expectation.open);
  let actual = 0;
  return {
    push(row) {
      actual++;
      if (!hasColumns) return;
      matcher.push({ row: actual, cells: positions.map((position) => comparable(row[position] ?? null)) });
    },
    finish() {
      const unmatched = hasColumns ? matcher.finish() : NONE;
      const rowCount = countRows(expectation, actual);
      const matched = unmatched.missingCount === 0 && unmatched.unexpectedCount === 0;
      if (hasColumns && matched && isRight(rowCount)) return undefined;
      const { pairs, missing, unexpected, missingCount, unexpectedCount } = unmatched;
      return {
        place: expectation.place,
        columns: expectation.columns,
        missingColumns,
        unexpectedColumns,
        rowCount,
        changed: pairs.map(([pattern, row]) => changedRow(pattern, row, expectation.columns)),
        missing: missing.map(({ row }) => row),
        unexpected,
        missingCount,
        unexpectedCount,
      };
    },
  };
}

const NONE: UnmatchedRows = { pairs: [], missing: [], unexpected: [], missingCount: 0, unexpectedCount: 0 };

export interface Alignment {
  /** For each column of the lesson its position in the result; -1 where it is missing. */
  readonly positions: readonly number[];
  readonly missingColumns: readonly string[];
  readonly unexpectedColumns: readonly string[];
}

/** By name, in any order; of equal names the first is the first. */
export function alignColumns(expected: readonly string[], columns: readonly string[]): Alignment {
  const left = columns.map((column): string | undefined => showName(column).trim());
  const positions = expected.map((name) => {
    const position = left.indexOf(name);
    if (position !== -1) left[position] = undefined;
    return position;
  });
  return {
    positions,
    missingColumns: expected.filter((_, i) => positions[i] === -1),
    unexpectedColumns: left.filter((name) => name !== undefined),
  };
}

function countRows({ rowCount, rows, open }: ResultExpectation, actual: number): RowCount {
  return { expected: rowCount ?? rows.length, isAtLeast: open && rowCount === undefined, actual };
}

function isRight({ expected, isAtLeast, actual }: RowCount): boolean {
  return isAtLeast ? actual >= expected : actual === expected;
}

function changedRow(pattern: RowPattern, actual: ActualRow, columns: readonly string[]): ChangedRow {
  const cells = differingCells(pattern, actual.cells).map((i) => ({
    column: columns[i]!,
    expected: pattern.cells[i]!,
    actual: actual.cells[i]!,
  }));
  return { expected: pattern.row, actual, cells };
}
