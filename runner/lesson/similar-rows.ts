// Puts missing rows beside the unexpected rows that are most like them, so that a difference can be shown cell by cell.
import type { ActualRow } from './difference.ts';
import type { UnmatchedRows } from './match-sequence.ts';
import { differingCells, type RowPattern } from './row-pattern.ts';

type Paired = Pick<UnmatchedRows, 'pairs' | 'missing' | 'unexpected'>;

/** Rows are like each other that share a cell; where one is missing and one unexpected, those two. */
export function pairSimilar({ pairs, missing, unexpected }: UnmatchedRows): Paired {
  const onlyTwo = missing.length === 1 && unexpected.length === 1;
  const choices = missing
    .flatMap((pattern) => unexpected.map((row) => ({ pattern, row, shared: countShared(pattern, row) })))
    .filter(({ shared }) => shared > 0 || onlyTwo)
    .sort((a, b) => b.shared - a.shared);
  const patterns = new Set(missing);
  const rows = new Set(unexpected);
  const found: (readonly [RowPattern, ActualRow])[] = [];
  for (const { pattern, row } of choices) {
    if (!patterns.has(pattern) || !rows.has(row)) continue;
    patterns.delete(pattern);
    rows.delete(row);
    found.push([pattern, row]);
  }
  found.sort(([a], [b]) => a.row.place.line - b.row.place.line);
  return { pairs: [...pairs, ...found], missing: [...patterns], unexpected: [...rows] };
}

/** A cell with `*` says nothing. */
function countShared(pattern: RowPattern, { cells }: ActualRow): number {
  const fixed = pattern.cells.filter((cell) => cell !== undefined).length;
  return fixed - differingCells(pattern, cells).length;
}
