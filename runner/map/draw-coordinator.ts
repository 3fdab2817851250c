// The coordinator as a box: the tables as it knows them, then the shards that it has itself.

import { plural } from '../lesson/plural.ts';
import { boxFrame, clip, type Drawing } from './draw-box.ts';
import { drawNode, formerNodes } from './draw-node.ts';
import { drawTables, type TableTotals } from './draw-tables.ts';
import type { MapData, MapNode, MapTable } from './map-data.ts';
import type { Scale } from './scale.ts';

export interface CoordinatorBox {
  readonly width: number;
  /** Of the boxes of workers. */
  readonly shardsWidth: number;
  readonly joints: readonly number[];
  /** How many of the tables are drawn: the first ones. */
  readonly tableCount: number;
}

export function drawCoordinator(
  node: MapNode,
  data: MapData,
  scale: Scale,
  { width, shardsWidth, joints, tableCount }: CoordinatorBox,
): Drawing {
  const isNamed = node.name === 'coordinator' || node.name === 'postgres';
  const note = isNamed ? `${data.cluster}, ${data.kind}` : node.role;
  const tables = data.tables.slice(0, tableCount);
  const lines = [
    ...formerNodes(node, data, scale, width - boxFrame),
    ...linesOfMetadata(tables, data, scale, width - boxFrame),
  ];
  const box = { node, note, lines, width, shardsWidth, isHung: false, joints };
  return drawNode(box, { ...data, tables }, scale);
}

function linesOfMetadata(
  tables: readonly MapTable[],
  data: MapData,
  scale: Scale,
  width: number,
): readonly string[] {
  const { style } = scale;
  if (data.metadataFailure !== undefined) return [style('red', clip(data.metadataFailure, width))];
  if (data.tables.length === 0)
    return [style('dim', data.kind === 'postgres' ? 'one server, no shards' : 'no distributed tables')];
  const more = data.tables.length - tables.length;
  const lines = drawTables(
    tables.map((table) => totalsOf(table, data, scale)),
    style,
    width,
  );
  return more === 0 ? lines : [...lines, style('dim', `and ${plural(more, 'more table')}`)];
}

function totalsOf(table: MapTable, { placements, nodes }: MapData, scale: Scale): TableTotals {
  const own = placements.filter((placement) => placement.table === table.name);
  const shards = [...new Set(own.map(({ shardId }) => shardId))];
  const isDisabled = (name: string) => nodes.find((node) => node.name === name)?.isActive === false;
  const rows = shards.map((shardId) => {
    const copies = own.filter((placement) => placement.shardId === shardId && placement.rows !== null);
    // A copy on a disabled node is not written to.
    return (copies.find(({ node }) => !isDisabled(node)) ?? copies[0])?.rows ?? undefined;
  });
  return {
    table,
    color: scale.colorOf(table),
    shards: shards.length,
    copies: Math.max(0, ...shards.map(scale.copiesOf)),
    rows: rows.includes(undefined) ? undefined : rows.reduce<number>((sum, each) => sum + each!, 0),
  };
}
