// A map as text: the coordinator on top, what hangs on it below, in as many columns as the terminal has room for.

import { isFirst } from '../cluster/port.ts';
import { showName } from '../lesson/cell.ts';
import type { Style } from '../report/style.ts';
import { beside, type Drawing, hang, hangIndent, jointAt } from './draw-box.ts';
import { drawCoordinator } from './draw-coordinator.ts';
import { drawStandby, drawWorker } from './draw-node.ts';
import type { MapData, MapTable } from './map-data.ts';
import { type Detail, scaleOf } from './scale.ts';

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
  const scale = scaleOf(data, { ...frame, detail });
  const drawn = { ...data, tables: data.tables.slice(0, tableCount) };
  const current = data.nodes.filter(({ replacedBy }) => replacedBy === undefined);
  const coordinator = current.find(isFirst);
  const workers = current.filter(({ role }) => role === 'worker');
  const standbys = current.filter(({ follows }) => follows !== undefined && follows === coordinator?.name);
  const columns = columnsFor(workers.length + standbys.length, frame.width);
  const columnWidth = Math.min(widestColumn, Math.floor((frame.width + gap) / columns) - gap);
  const boxWidth = columnWidth - hangIndent;
  const boxes = [
    ...workers.map((node) => drawWorker(node, drawn, scale, boxWidth)),
    ...standbys.map((node) => drawStandby(node, drawn, scale, boxWidth)),
  ];
  const trees = inColumns(boxes, columns).map((column) => hang(column, frame.style));
  const top =
    coordinator &&
    drawCoordinator(coordinator, data, scale, {
      width: columns * (columnWidth + gap) - gap,
      shardsWidth: boxWidth,
      joints: boxes.length === 0 ? [] : trees.map((_, i) => i * (columnWidth + gap) + jointAt),
      tableCount,
    });
  return [...(top ?? []), ...beside(trees, gap)];
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

/** Tables of a group beside each other; those of none at the end. */
function ordered(data: MapData): MapData {
  const rank = ({ colocationId }: MapTable) => (colocationId === 0 ? Number.POSITIVE_INFINITY : colocationId);
  const tables = [...data.tables].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  return { ...data, tables };
}

/** Whoever names a table may name it as they like; so it is with a node that only the metadata has. */
function withSafeNames(data: MapData): MapData {
  return {
    ...data,
    ...(data.metadataFailure !== undefined && { metadataFailure: showName(data.metadataFailure) }),
    nodes: data.nodes.map((node) => ({ ...node, name: showName(node.name) })),
    tables: data.tables.map((table) => ({
      ...table,
      name: showName(table.name),
      distributionColumn: table.distributionColumn && showName(table.distributionColumn),
    })),
    placements: data.placements.map((placement) => ({
      ...placement,
      table: showName(placement.table),
      node: showName(placement.node),
    })),
  };
}
