// What is the same all over a map: colors, sizes, marks, how much is drawn.

import type { Style } from '../report/style.ts';
import type { MapData, MapTable } from './map-data.ts';

export type Format = Parameters<Style>[0];

/** Of the placements of a table on a node: each one in a line, all of them in a strip, or their total. */
export type Detail = 'shards' | 'strips' | 'totals';

export interface Scale {
  readonly style: Style;
  readonly detail: Detail;
  /** The shards to mark. */
  readonly touched: ReadonlySet<number>;
  /** That of its co-location group. */
  readonly colorOf: (table: MapTable) => Format;
  /** How many placements a shard has. */
  readonly copiesOf: (shardId: number) => number;
  /** The most rows that a placement of a table has. */
  readonly mostIn: (table: MapTable) => number;
  /** The most rows that any placement has, and that a node has of one table. */
  readonly most: { readonly ofPlacement: number; readonly ofTable: number };
}

/** Red is for what is down, yellow for what is paused. */
const colors: readonly Format[] = ['cyan', 'magenta', 'green', 'blueBright', 'cyanBright', 'magentaBright'];

export function scaleOf(
  { tables, placements }: MapData,
  marks: Pick<Scale, 'style' | 'detail' | 'touched'>,
): Scale {
  const groups = [...new Set(tables.map(({ colocationId }) => colocationId))];
  const copies = new Map<number, number>();
  const totals = new Map<string, number>();
  const most = new Map<string, number>();
  for (const { shardId, node, table, rows } of placements) {
    copies.set(shardId, (copies.get(shardId) ?? 0) + 1);
    const key = JSON.stringify([node, table]);
    totals.set(key, (totals.get(key) ?? 0) + (rows ?? 0));
    most.set(table, Math.max(most.get(table) ?? 1, rows ?? 0));
  }
  const ofPlacement = Math.max(1, ...most.values());
  return {
    ...marks,
    colorOf: ({ colocationId }) => colors[groups.indexOf(colocationId) % colors.length]!,
    copiesOf: (shardId) => copies.get(shardId) ?? 0,
    mostIn: ({ name }) => most.get(name) ?? 1,
    most: { ofPlacement, ofTable: Math.max(ofPlacement, ...totals.values()) },
  };
}
