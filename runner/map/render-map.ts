// A map as text: the coordinator on top, what hangs on it below, in as many columns as the terminal has room for.

import { showName } from '../lesson/cell.ts';
import type { Style } from '../report/style.ts';
import { beside, boxFrame, clip, type Drawing, hang, hangIndent, jointAt } from './draw-box.ts';
import { drawNode, drawStandby, drawWorker } from './draw-node.ts';
import { drawTables, type TableTotals } from './draw-tables.ts';
import type { MapData, MapNode, MapTable } from './map-data.ts';
import { count, type Detail, type Scale, scaleOf } from './scale.ts';

export interface MapOptions {
  readonly style: Style;
  /** In columns; fewer than 80 stack the nodes, and fewer than 40 count as 40. */
  readonly width: number;
  /** In lines: what is too much for them is drawn with less detail. 50 unless given. */
  readonly height?: number;
  /** The ids of the shards to mark. */
  readonly touched?: ReadonlySet<number>;
}

/** Lines without a newline at the end of the last one. */
export function renderMap(
  data: MapData,
  { style, width, height = usualHeight, touched = new Set() }: MapOptions,
): string {
  const shown = ordered(withSafeNames(data));
  const draw = (detail: Detail, tables: number) =>
    drawMap(shown, { style, width: Math.max(width, leastWidth), touched }, detail, tables);
  const all = shown.tables.length;
  for (const detail of ['shards', 'strips'] as const) {
    const drawing = draw(detail, all);
    if (drawing.length <= height) return drawing.join('\n');
  }
  for (let tables = all; ; tables -= 1) {
    const drawing = draw('totals', tables);
    if (drawing.length <= height || tables === 0) return drawing.join('\n');
  }
}

const usualHeight = 50;
const leastWidth = 40;

interface Frame {
  readonly style: Style;
  readonly width: number;
  readonly touched: ReadonlySet<number>;
}

/** @param tableCount How many tables are drawn. */
function drawMap(data: MapData, frame: Frame, detail: Detail, tableCount: number): Drawing {
  const tables = data.tables.slice(0, tableCount);
  const drawn = { ...data, tables };
  const scale = scaleOf(data, { ...frame, detail });
  const coordinator = data.nodes.find(({ role, replacedBy }) => role === 'coordinator' && !replacedBy);
  const below = data.nodes.filter(({ role, replacedBy }) => role === 'worker' && !replacedBy);
  const standbys = data.nodes.filter(
    ({ role, follows }) => role === 'standby' && follows === coordinator?.name,
  );
  const columns = columnsFor(below.length + standbys.length, frame.width);
  const columnWidth = Math.min(widestColumn, Math.floor((frame.width - (columns - 1) * gap) / columns));
  const boxWidth = columnWidth - hangIndent;
  const boxes = [
    ...below.map((node) => drawWorker(node, drawn, scale, boxWidth)),
    ...standbys.map((node) => drawStandby(node, drawn, scale, boxWidth)),
  ];
  return [
    ...(coordinator === undefined
      ? []
      : drawCoordinator(coordinator, drawn, data, scale, columns, columnWidth)),
    ...beside(
      inColumns(boxes, columns).map((column) => hang(column, frame.style)),
      gap,
    ),
  ];
}

const gap = 2;
const narrowestColumn = 39;
const widestColumn = 60;

function columnsFor(boxes: number, width: number): number {
  return Math.max(1, Math.min(boxes, Math.floor((width + gap) / (narrowestColumn + gap))));
}

/** Row by row; the boxes of a row end together. */
function inColumns(boxes: readonly Drawing[], columns: number): readonly (readonly Drawing[])[] {
  const rowOf = (at: number) => Math.floor(at / columns);
  const heightOf = (row: number) =>
    Math.max(...boxes.filter((_, at) => rowOf(at) === row).map((box) => box.length));
  const isLast = (at: number) => at + columns >= boxes.length;
  const even = boxes.map((box, at) =>
    isLast(at) ? box : [...box, ...Array<string>(heightOf(rowOf(at)) - box.length).fill('')],
  );
  return Array.from({ length: columns }, (_, column) => even.filter((_, at) => at % columns === column));
}

function drawCoordinator(
  node: MapNode,
  drawn: MapData,
  data: MapData,
  scale: Scale,
  columns: number,
  columnWidth: number,
): Drawing {
  const width = columns * (columnWidth + gap) - gap;
  const hasBelow = data.nodes.length > 1;
  const joints = Array.from({ length: columns }, (_, i) => i * (columnWidth + gap) + jointAt);
  const inner = width - boxFrame;
  return drawNode(
    {
      node,
      note: node.name === 'coordinator' ? `${data.cluster}, ${data.kind}` : 'coordinator',
      lines: linesOfMetadata(drawn, data, scale, inner),
      width,
      shardsWidth: columnWidth - hangIndent,
      isHung: false,
      joints: hasBelow ? joints : [],
    },
    drawn,
    scale,
  );
}

function linesOfMetadata(drawn: MapData, data: MapData, scale: Scale, width: number): readonly string[] {
  const { style } = scale;
  if (data.metadataFailure !== undefined) return [style('red', clip(data.metadataFailure, width))];
  if (data.tables.length === 0) return [style('dim', 'no distributed tables')];
  const more = data.tables.length - drawn.tables.length;
  const lines = drawTables(
    drawn.tables.map((table) => totalsOf(table, data, scale)),
    style,
    width,
  );
  return more === 0 ? lines : [...lines, style('dim', `and ${count(more, 'more table')}`)];
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

/** Tables of a group beside each other; those of none at the end. */
function ordered(data: MapData): MapData {
  const rank = ({ colocationId }: MapTable) => (colocationId === 0 ? Number.POSITIVE_INFINITY : colocationId);
  const tables = [...data.tables].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  return { ...data, tables };
}

/** Tables and columns have any name that their owner likes. */
function withSafeNames(data: MapData): MapData {
  return {
    ...data,
    ...(data.metadataFailure !== undefined && { metadataFailure: showName(data.metadataFailure) }),
    tables: data.tables.map((table) => ({
      ...table,
      name: showName(table.name),
      distributionColumn: table.distributionColumn && showName(table.distributionColumn),
    })),
    placements: data.placements.map((placement) => ({ ...placement, table: showName(placement.table) })),
  };
}
