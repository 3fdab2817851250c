// A map as a drawing: a box for each node, a tile for each shard, as large as it has rows.
import { hueOf, hues, layOut, type NodeLayout, type Tile } from '../map/tile-layout.ts';
import { join, type Markup, markup } from './markup.ts';
import type { RecordedMap } from './recorded-run.ts';

const width = 340;
const indent = 22;
const padding = 10;
const gap = 5;
const headHeight = 22;

export function drawMap({ map, touched }: RecordedMap): Markup {
  const boxes: Markup[] = [];
  let top = 0;
  const middles = new Map<string, number>();
  for (const layout of layOut(map)) {
    const { node } = layout;
    const left = node.follows === undefined ? 0 : indent;
    const { drawing, height } = drawNode(layout, { map, touched, left });
    middles.set(node.name, top + height / 2);
    const followed = node.follows === undefined ? undefined : middles.get(node.follows);
    const end = top + height / 2;
    boxes.push(markup`
  ${followed !== undefined && markup`<path class="follows" d="M ${left} ${end} H 8 V ${followed + 12}"/>`}
  <g transform="translate(0 ${top})">${drawing}</g>`);
    top += height + gap * 2;
  }
  const names = map.nodes.map(({ name, state }) => `${name} ${state}`).join(', ');
  return markup`<svg viewBox="-1 -1 ${width + 2} ${top}" role="img" aria-label="The cluster: ${names}">${boxes}
</svg>`;
}

interface DrawingContext extends Pick<RecordedMap, 'map' | 'touched'> {
  readonly left: number;
}

function drawNode({ node, tiles, local }: NodeLayout, { map, touched, left }: DrawingContext) {
  const { placed, height: used } = flow(tiles, width - left - 2 * padding);
  const tables = local.map(({ table, rows }) => `${table} ${rows ?? '?'}`);
  const localHeight = tables.length * 15;
  const height = headHeight + padding + used + localHeight;
  const drawing = markup`
    <rect class="node ${node.state}" x="${left}" width="${width - left}" height="${height}" rx="7"/>
    <text class="name" x="${left + padding}" y="17">${node.name}</text>
    <text class="state" x="${width - padding}" y="17" text-anchor="end">${stateOf(node)}</text>${placed.map(
      ({ tile: { placement, size }, x, y }) => markup`
    <g class="tile hue-${hues.indexOf(hueOf(map, placement.table))}${touched.has(placement.shardId) && ' lit'}">
      <title>${placement.table}, shard ${placement.shardId}: ${placement.rows ?? 'unknown'} rows</title>
      <rect x="${left + padding + x}" y="${headHeight + 4 + y}" width="${size}" height="${size}" rx="4"/>
      <text x="${left + padding + x + size / 2}" y="${headHeight + 4 + y + size / 2 + 4}" text-anchor="middle">${placement.rows ?? '?'}</text>
    </g>`,
    )}${tables.map(
      (text, at) => markup`
    <text class="local" x="${left + padding}" y="${headHeight + used + 14 + at * 15}">${text}</text>`,
    )}`;
  return { drawing, height };
}

const stateOf = ({ state, follows, replacedBy }: NodeLayout['node']): string =>
  replacedBy === undefined
    ? follows === undefined
      ? state
      : `${state}, follows ${follows}`
    : `replaced by ${replacedBy}`;

/** From left to right, in as many lines as it takes. */
function flow(tiles: readonly Tile[], room: number) {
  const placed: { readonly tile: Tile; readonly x: number; readonly y: number }[] = [];
  let [x, y, lineHeight] = [0, 0, 0];
  for (const tile of tiles) {
    if (x > 0 && x + tile.size > room) [x, y, lineHeight] = [0, y + lineHeight + gap, 0];
    placed.push({ tile, x, y });
    x += tile.size + gap;
    lineHeight = Math.max(lineHeight, tile.size);
  }
  return { placed, height: tiles.length === 0 ? 0 : y + lineHeight + padding };
}

export function legend({ map }: RecordedMap): Markup {
  const shown = map.tables.filter(({ kind }) => kind !== 'local');
  return join(
    shown.map(
      (table) =>
        markup`<li class="hue-${hues.indexOf(hueOf(map, table.name))}">${table.name}: ${
          table.kind === 'distributed' ? `distributed by ${table.distributionColumn ?? ''}` : table.kind
        }</li>`,
    ),
  );
}
