// One expected row as something that a row of a result matches or does not.
import type { ExpectedRow } from './types.ts';

export interface RowPattern {
  readonly row: ExpectedRow;
  /** The text of each cell; undefined where `*` stands. */
  readonly cells: readonly (string | undefined)[];
}

export function toPattern(row: ExpectedRow): RowPattern {
  return { row, cells: row.cells.map((cell) => (cell === '*' ? undefined : literal(cell))) };
}

/** `\*` and `\...` are the texts `*` and `...`; a backslash more before them is one backslash. */
export function literal(cell: string): string {
  return /^\\+(?:\*|\.\.\.)$/.test(cell) ? cell.slice(1) : cell;
}

/** The positions of the cells that differ. */
export function differingCells({ cells }: RowPattern, actual: readonly string[]): number[] {
  return cells.flatMap((cell, i) => (cell === undefined || cell === actual[i] ? [] : [i]));
}

export function matches({ cells }: RowPattern, actual: readonly string[]): boolean {
  return cells.every((cell, i) => cell === undefined || cell === actual[i]);
}

/** How many cells are as expected; one with `*` says nothing. */
export function sharedCells({ cells }: RowPattern, actual: readonly string[]): number {
  return cells.reduce((count, cell, i) => (cell !== undefined && cell === actual[i] ? count + 1 : count), 0);
}
