// Rows of a server as what is expected of others: none of their cells is a wildcard.
import { comparable, showName } from './cell.ts';
import type { Place, ResultExpectation } from './types.ts';

export function resultOf(
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  place: Place,
): ResultExpectation {
  return {
    kind: 'result',
    place,
    columns: columns.map((name) => showName(name).trim()),
    rows: rows.map((cells) => ({ cells: cells.map((cell) => escaped(comparable(cell))), place })),
    open: false,
  };
}

/** `*` and `...` are written with a backslash. */
const escaped = (cell: string): string => (/^\\*(?:\*|\.\.\.)$/.test(cell) ? `\\${cell}` : cell);
