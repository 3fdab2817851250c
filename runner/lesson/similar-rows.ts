// Puts missing rows beside the unexpected rows that are most like them, so that a difference can be shown cell by cell.
import type { AlignedRows } from './align-rows.ts';
import type { ActualRow } from './difference.ts';
import { type RowPattern, sharedCells } from './row-pattern.ts';

/** Rows are like each other that share a cell; where one is missing and one unexpected, those two. */
export function pairSimilar(missing: readonly RowPattern[], unexpected: readonly ActualRow[]): AlignedRows {
  const onlyTwo = missing.length === 1 && unexpected.length === 1;
  const choices = missing
    .flatMap((pattern) =>
      unexpected.map((row) => ({ pattern, row, shared: sharedCells(pattern, row.cells) })),
    )
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
  return { pairs: found, missing: [...patterns], unexpected: [...rows] };
}
