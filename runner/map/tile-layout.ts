// What is drawn where: nodes in order, each with its tiles, sized by rows. Pure.
import type { MapData, MapNode, Placement } from './map-data.ts';

export interface NodeLayout {
  readonly node: MapNode;
  readonly tiles: readonly Tile[];
  /** Plain tables. */
  readonly local: readonly Placement[];
}

export interface Tile {
  readonly placement: Placement;
  /** Side in CSS pixels: its area is as its rows. */
  readonly size: number;
}

const smallest = 30;
const largest = 76;

/** Each standby stands below what it follows. */
export function layOut({ nodes, tables, placements }: MapData): readonly NodeLayout[] {
  const most = Math.max(1, ...placements.map(({ rows }) => rows ?? 0));
  const isLocal = (table: string) => tables.find(({ name }) => name === table)?.kind === 'local';
  const ordered = nodes
    .filter(({ follows }) => follows === undefined)
    .flatMap((node) => [node, ...nodes.filter(({ follows }) => follows === node.name)]);
  return ordered.map((node) => {
    const own = placements.filter((placement) => placement.node === node.name);
    return {
      node,
      tiles: own
        .filter(({ table }) => !isLocal(table))
        .map((placement) => ({ placement, size: sizeOf(placement.rows ?? 0, most) })),
      local: own.filter(({ table }) => isLocal(table)),
    };
  });
}

export const sizeOf = (rows: number, most: number): number =>
  Math.round(smallest + (largest - smallest) * Math.sqrt(rows / most));

/** In degrees. */
export const hues = [212, 28, 145, 280, 340, 60, 185, 110];

/** One color for each co-location group, the same as long as the groups are. */
export function hueOf({ tables }: Pick<MapData, 'tables'>, table: string): number {
  const groups = [...new Set(tables.map(({ colocationId }) => colocationId))].sort((a, b) => a - b);
  const group = tables.find(({ name }) => name === table)?.colocationId ?? 0;
  return hues[Math.max(0, groups.indexOf(group)) % hues.length]!;
}
