// The placements of a node, table by table.

import { grouped } from '../lesson/grouped.ts';
import { plural } from '../lesson/plural.ts';
import { clip, justify, pad, widthOfStyled } from './draw-box.ts';
import type { MapTable, Placement } from './map-data.ts';
import type { Scale } from './scale.ts';

export interface TableOnNode {
  readonly table: MapTable;
  /** At least one. */
  readonly placements: readonly Placement[];
}

/** @param isReachable Whether the node answers. */
export function drawShards(
  tables: readonly TableOnNode[],
  isReachable: boolean,
  scale: Scale,
  width: number,
): readonly string[] {
  switch (scale.detail) {
    case 'shards':
      return tables.flatMap((each) => [
        drawHead(each, isReachable, scale, width),
        ...drawLines(each, isReachable, scale, width),
      ]);
    case 'strips':
      return tables.flatMap((each) => [
        drawHead(each, isReachable, scale, width),
        ...drawStrips(each, isReachable, scale, width),
      ]);
    case 'totals':
      return tables.length === 0 ? [] : drawTotals(tables, isReachable, scale, width);
  }
}

const touchMark = '▸';

function drawHead(
  { table, placements }: TableOnNode,
  isReachable: boolean,
  { style, detail, colorOf, copiesOf }: Scale,
  width: number,
): string {
  const copies = detail === 'strips' ? mostCopies(placements, copiesOf) : 1;
  const rows = totalRows(placements);
  const shown = rows === undefined ? '? rows' : plural(rows, 'row');
  const shards = plural(placements.length, 'shard') + copyMark(copies);
  const right = shards + (isReachable ? `, ${shown}` : '');
  const name = clip(table.name, width - right.length - 1);
  return justify(style(colorOf(table), name), style('dim', right), width);
}

/** `▸102008 ████████  240 ×2` */
function drawLines(
  { table, placements }: TableOnNode,
  isReachable: boolean,
  { style, touched, colorOf, copiesOf, most }: Scale,
  width: number,
): readonly string[] {
  const idWidth = Math.max(...placements.map(({ shardId }) => `${shardId}`.length));
  const numbersWidth = grouped(most.ofPlacement).length;
  const copiesWidth = Math.max(...placements.map(({ shardId }) => copyMark(copiesOf(shardId)).length));
  const barWidth = Math.max(1, width - idWidth - numbersWidth - copiesWidth - 3);
  return placements.map(({ shardId, rows }) => {
    const isTouched = touched.has(shardId);
    const id = `${isTouched ? touchMark : ' '}${`${shardId}`.padStart(idWidth)}`;
    const start = `${style(isTouched ? 'bold' : 'dim', id)} `;
    const copies = style('dim', copyMark(copiesOf(shardId)).padEnd(copiesWidth));
    if (!isReachable) return start + style('red', drawUnreachable(barWidth + 1 + numbersWidth)) + copies;
    const bar = style(
      colorOf(table),
      pad(drawBar(rows, most.ofPlacement, barWidth, copiesOf(shardId)), barWidth),
    );
    const number = (rows === null ? '?' : grouped(rows)).padStart(numbersWidth);
    return `${start}${isTouched ? style('bold', bar) : bar} ${number}${copies}`;
  });
}

const mostCopies = (placements: readonly Placement[], copiesOf: Scale['copiesOf']) =>
  Math.max(...placements.map(({ shardId }) => copiesOf(shardId)));

const copyMark = (copies: number) => (copies > 1 ? ` ×${copies}` : '');

/** What has copies elsewhere is not solid. Whatever has a row has a block. */
function drawBar(rows: number | null, most: number, width: number, copies: number): string {
  const blocks = rows ? Math.max(1, Math.round((rows / most) * width)) : 0;
  return (copies > 1 ? '▓' : '█').repeat(blocks);
}

function drawUnreachable(width: number): string {
  const word = clip('unreachable', width);
  return `${'░'.repeat(Math.max(0, width - word.length - 1))} ${word}`.slice(-width);
}

/** A block for each shard, as high as it has rows, and marks below those that were touched. */
function drawStrips(
  { table, placements }: TableOnNode,
  isReachable: boolean,
  { style, touched, colorOf, mostIn }: Scale,
  width: number,
): readonly string[] {
  const isRoomy = placements.length * 4 < width;
  const perLine = isRoomy ? placements.length : width - 1;
  const lines: string[] = [];
  for (let from = 0; from < placements.length; from += perLine) {
    const here = placements.slice(from, from + perLine);
    const strip = here.map(({ rows }) => {
      const block = isReachable ? drawHeight(rows, mostIn(table)) : '░';
      return isRoomy ? ` ${block.repeat(3)}` : block;
    });
    const marks = here.map(({ shardId }) => {
      const mark = touched.has(shardId) ? '▴' : ' ';
      return isRoomy ? `  ${mark} ` : mark;
    });
    const start = isRoomy ? '' : ' ';
    lines.push(start + style(isReachable ? colorOf(table) : 'red', strip.join('')));
    if (here.some(({ shardId }) => touched.has(shardId))) lines.push(start + style('bold', marks.join('')));
  }
  return lines;
}

const heights = '▁▂▃▄▅▆▇█';

function drawHeight(rows: number | null, most: number): string {
  if (rows === null) return '?';
  if (rows === 0) return '·';
  return heights[Math.ceil((rows / most) * heights.length) - 1]!;
}

/** `▸sensor_data ████████ 2 shards 470`, in columns. */
function drawTotals(
  tables: readonly TableOnNode[],
  isReachable: boolean,
  { style, touched, colorOf, copiesOf, most }: Scale,
  width: number,
): readonly string[] {
  const shards = tables.map(({ placements }) => plural(placements.length, 'shard'));
  const shardsWidth = Math.max(...shards.map((text) => text.length));
  const numbersWidth = grouped(most.ofTable).length;
  const longestName = Math.min(Math.floor(width / 3), width - shardsWidth - numbersWidth - 5);
  const names = tables.map(({ table }) => clip(table.name, longestName));
  const nameWidth = Math.max(...names.map((name) => widthOfStyled(name)));
  const barWidth = Math.max(1, width - nameWidth - shardsWidth - numbersWidth - 4);
  return tables.map(({ table, placements }, at) => {
    const isTouched = placements.some(({ shardId }) => touched.has(shardId));
    const mark = isTouched ? style('bold', touchMark) : ' ';
    const name = style(colorOf(table), pad(names[at]!, nameWidth));
    const rows = totalRows(placements);
    const copies = mostCopies(placements, copiesOf);
    const bar = isReachable
      ? style(colorOf(table), pad(drawBar(rows ?? null, most.ofTable, barWidth, copies), barWidth))
      : style('red', '░'.repeat(barWidth));
    const number = (rows === undefined ? '?' : grouped(rows)).padStart(numbersWidth);
    return `${mark}${name} ${bar} ${style('dim', shards[at]!.padStart(shardsWidth))} ${number}`;
  });
}

/** Undefined where it is not known of every placement. */
function totalRows(placements: readonly Placement[]): number | undefined {
  const rows = placements.map((placement) => placement.rows);
  return rows.includes(null) ? undefined : rows.reduce<number>((sum, each) => sum + each!, 0);
}
