// How a result differs from what the lesson says: data, for reporters to draw.
import type { ExpectedRow, Place } from './types.ts';

/** Lists stop at fifty; the counts do not. */
export interface ResultDifference {
  /** The `result` fence. */
  readonly place: Place;
  /** The columns of the lesson, in its order. */
  readonly columns: readonly string[];
  /** Where a column is missing or unexpected, no row is compared. */
  readonly missingColumns: readonly string[];
  readonly unexpectedColumns: readonly string[];
  readonly rowCount: RowCount;
  /** Expected rows, each beside the actual row that is most like it. */
  readonly changed: readonly ChangedRow[];
  readonly missing: readonly ExpectedRow[];
  readonly unexpected: readonly ActualRow[];
  /** How many rows are missing or unexpected in all; a changed row counts as both. */
  readonly missingCount: number;
  readonly unexpectedCount: number;
}

export interface RowCount {
  readonly expected: number;
  /** Whether more rows than `expected` are right too. */
  readonly isAtLeast: boolean;
  readonly actual: number;
}

export interface ChangedRow {
  readonly expected: ExpectedRow;
  readonly actual: ActualRow;
  /** Only the cells that differ; none where the row is right, but order counts and it stands in another place. */
  readonly cells: readonly CellDifference[];
}

export interface CellDifference {
  readonly column: string;
  readonly expected: string;
  readonly actual: string;
}

/** Cells in the order of the lesson's columns, trimmed and safe to show. */
export interface ActualRow {
  /** Its place in the result, from 1. */
  readonly row: number;
  readonly cells: readonly string[];
}

/** How many rows of each kind a difference keeps. */
export const KEPT_ROWS = 50;
