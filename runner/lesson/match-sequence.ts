// Rows whose order counts: one after another as in the lesson; from the first that differs on, both are aligned.
import { type AlignedRows, alignRows } from './align-rows.ts';
import { type ActualRow, KEPT_ROWS } from './difference.ts';
import { matches, type RowPattern } from './row-pattern.ts';

/** Takes the rows of a result one by one; both ways of matching, with and without order, are one. */
export interface RowMatcher {
  push(row: ActualRow): void;
  finish(): UnmatchedRows;
}

export interface UnmatchedRows extends AlignedRows {
  /** In all, those in pairs too. */
  readonly missingCount: number;
  readonly unexpectedCount: number;
}

export function matchSequence(patterns: readonly RowPattern[], isOpen: boolean): RowMatcher {
  let matched = 0;
  /** The rows from the first one that differs, as far as they are looked at. */
  const rest: ActualRow[] = [];
  let surplus = 0;
  return {
    push(row) {
      if (rest.length === 0) {
        const pattern = patterns[matched];
        if (pattern === undefined && isOpen) return;
        if (pattern !== undefined && matches(pattern, row.cells)) {
          matched++;
          return;
        }
      }
      if (rest.length < patterns.length - matched + LOOK_AHEAD) rest.push(row);
      else if (!isOpen) surplus++;
    },
    finish() {
      const { pairs, missing, unexpected } = alignRows(patterns.slice(matched), rest, isOpen);
      return {
        pairs: pairs.slice(0, KEPT_ROWS),
        missing: missing.slice(0, KEPT_ROWS),
        unexpected: unexpected.slice(0, KEPT_ROWS),
        missingCount: pairs.length + missing.length,
        unexpectedCount: pairs.length + unexpected.length + surplus,
      };
    },
  };
}

/** So many rows more than the lesson has left are kept to find its rows among them: five million need not be. */
const LOOK_AHEAD = 100;
