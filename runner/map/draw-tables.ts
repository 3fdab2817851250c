// The tables as the coordinator knows them: a line each, in columns, of which those go first that tell least.

import { grouped } from '../lesson/grouped.ts';
import { plural } from '../lesson/plural.ts';
import type { Style } from '../report/style.ts';
import { clip, pad, widthOfStyled } from './draw-box.ts';
import type { MapTable } from './map-data.ts';
import type { Format } from './scale.ts';

export interface TableTotals {
  readonly table: MapTable;
  readonly color: Format;
  readonly shards: number;
  /** How many placements each shard has, at most. */
  readonly copies: number;
  /** Undefined where no copy of some shard can be counted. */
  readonly rows: number | undefined;
}

const gap = '  ';
const swatch = '■ ';
const longestName = 30;

export function drawTables(totals: readonly TableTotals[], style: Style, width: number): readonly string[] {
  const names = totals.map(({ table }) => clip(table.name, Math.min(longestName, Math.floor(width / 3))));
  const columns = columnsThatFit(totals, names, width - swatch.length);
  return totals.map(({ color }, at) => {
    const [name = '', ...others] = columns.map((column) => column[at]!);
    return `${style(color, swatch + name)}${others.map((cell) => gap + cell).join('')}`.trimEnd();
  });
}

/** Columns of padded cells. */
function columnsThatFit(
  totals: readonly TableTotals[],
  names: readonly string[],
  width: number,
): readonly (readonly string[])[] {
  const kinds = totals.map(({ table }) => kindOf(table));
  const shards = totals.map(
    ({ shards, copies }) => plural(shards, 'shard') + (copies > 1 ? ` × ${copies} copies` : ''),
  );
  const shortShards = totals.map(
    ({ shards, copies }) => plural(shards, 'shard') + (copies > 1 ? ` ×${copies}` : ''),
  );
  const numbers = totals.map(({ rows }) => (rows === undefined ? '?' : grouped(rows)));
  const numbersWidth = Math.max(0, ...numbers.map((number) => number.length));
  const rows = numbers.map(
    (number, at) => `${number.padStart(numbersWidth)} ${totals[at]!.rows === 1 ? 'row' : 'rows'}`,
  );
  const groups = totals.map(({ table }) => (table.colocationId === 0 ? '' : `group ${table.colocationId}`));
  const choices = [
    [names, kinds, shards, rows, groups],
    [names, kinds, shortShards, rows, groups],
    [names, kinds, shortShards, rows],
    [names, shortShards, rows],
    [names, rows],
  ].map((columns) => columns.map(padded));
  return choices.find((columns) => widthOfAll(columns) <= width) ?? [padded(names)];
}

function padded(cells: readonly string[]): readonly string[] {
  const width = Math.max(0, ...cells.map((cell) => widthOfStyled(cell)));
  return cells.map((cell) => pad(cell, width));
}

const widthOfAll = (columns: readonly (readonly string[])[]) =>
  columns.reduce((sum, [first = '']) => sum + widthOfStyled(first) + gap.length, -gap.length);

function kindOf({ kind, distributionColumn }: MapTable): string {
  switch (kind) {
    case 'distributed':
      return `by ${clip(distributionColumn ?? '?', longestName)}`;
    case 'reference':
      return 'reference table';
    case 'single-shard':
      return 'single shard';
    case 'local':
      return 'local table';
  }
}
