// Rows whose order counts: the n-th row is held against the n-th of the lesson.
import { type ActualRow, KEPT_ROWS } from './difference.ts';
import { differingCells, type RowPattern } from './row-pattern.ts';

/** Takes the rows of a result one by one; both ways of matching, with and without order, are one. */
export interface RowMatcher {
  push(row: ActualRow): void;
  finish(): UnmatchedRows;
}

export interface UnmatchedRows {
  /** Rows that stand at the same place, and differ. */
  readonly pairs: readonly (readonly [RowPattern, ActualRow])[];
  readonly missing: readonly RowPattern[];
  readonly unexpected: readonly ActualRow[];
  /** In all, those in pairs too. */
  readonly missingCount: number;
  readonly unexpectedCount: number;
}

export function matchSequence(patterns: readonly RowPattern[], isOpen: boolean): RowMatcher {
  const pairs: (readonly [RowPattern, ActualRow])[] = [];
  const unexpected: ActualRow[] = [];
  let seen = 0;
  let differing = 0;
  let surplus = 0;
  return {
    push(row) {
      const pattern = patterns[seen++];
      if (pattern === undefined) {
        if (isOpen) return;
        surplus++;
        if (unexpected.length < KEPT_ROWS) unexpected.push(row);
      } else if (differingCells(pattern, row.cells).length > 0) {
        differing++;
        if (pairs.length < KEPT_ROWS) pairs.push([pattern, row]);
      }
    },
    finish() {
      const missing = patterns.slice(seen);
      return {
        pairs,
        missing: missing.slice(0, KEPT_ROWS),
        unexpected,
        missingCount: differing + missing.length,
        unexpectedCount: differing + surplus,
      };
    },
  };
}
