// What has happened to the cluster, as movement: a query goes out from the coordinator, rows fall into their tiles, a shard
// travels to its new node. Each shows what numbers alone do not: from where, and to where. Nothing where less is wanted.
import type { ClusterNow } from '../../runner/page/cluster-feed.ts';

interface Seen {
  readonly rows: number | null;
  readonly rect: DOMRect;
}

/** By shard and node. */
export type Sight = ReadonlyMap<string, Seen>;

const mostDrops = 6;
const travelMs = 700;
const queryMs = 450;

/** @returns What is seen now, for the next time. */
export function move(
  box: HTMLElement,
  now: ClusterNow,
  before: Sight | undefined,
  isNewQuery: boolean,
): Sight {
  const sight = look(box, now);
  if (before === undefined || matchMedia('(prefers-reduced-motion: reduce)').matches) return sight;
  const lit = new Set(isNewQuery ? now.touched?.shards : []);
  const from = box.querySelector('[data-name=coordinator]')?.getBoundingClientRect();
  for (const [key, { rows, rect }] of sight) {
    const tile = tileOf(box, key);
    const [shard = ''] = key.split(' ');
    const known = before.get(key);
    if (known === undefined) travel(tile, rect, sourceOf(shard, before, sight));
    else if (rows !== null && known.rows !== null && rows > known.rows) fall(box, rect, rows - known.rows);
    if (lit.has(Number(shard)) && from) ask(box, from, rect, tile);
  }
  return sight;
}

function look(box: HTMLElement, { map }: ClusterNow): Sight {
  const sight = new Map<string, Seen>();
  for (const { shardId, node, rows } of map?.placements ?? []) {
    const rect = tileOf(box, `${shardId} ${node}`)?.getBoundingClientRect();
    if (rect) sight.set(`${shardId} ${node}`, { rows, rect });
  }
  return sight;
}

function tileOf(box: HTMLElement, key: string): HTMLElement | null {
  const [shard, node] = key.split(' ');
  return box.querySelector(`[data-shard="${shard}"][data-node="${node}"]`);
}

/** Where the shard was before, or where the copy was made from. */
function sourceOf(shard: string, before: Sight, now: Sight): Seen | undefined {
  const places = [...before].filter(([key]) => key.startsWith(`${shard} `));
  return (places.find(([key]) => !now.has(key)) ?? places[0])?.[1];
}

function travel(tile: HTMLElement | null, to: DOMRect, from: Seen | undefined): void {
  if (from === undefined) return;
  const away = `translate(${from.rect.x - to.x}px, ${from.rect.y - to.y}px)`;
  tile?.animate(
    [
      { transform: away, zIndex: 3 },
      { transform: 'none', zIndex: 3 },
    ],
    {
      duration: travelMs,
      easing: 'ease-in-out',
    },
  );
}

function fall(box: HTMLElement, { x, y, width, height }: DOMRect, count: number): void {
  for (let drop = 0; drop < Math.min(count, mostDrops); drop += 1) {
    const left = x + (width * (drop + 1)) / (Math.min(count, mostDrops) + 1);
    fly(box, 'drop', [left, y - 36], [left, y + height / 2], {
      duration: 500,
      delay: drop * 70,
      easing: 'ease-in',
    });
  }
}

function ask(box: HTMLElement, from: DOMRect, to: DOMRect, tile: HTMLElement | null): void {
  const start: Point = [from.x + from.width / 2, from.bottom];
  fly(box, 'query', start, [to.x + to.width / 2, to.y + to.height / 2], {
    duration: queryMs,
    easing: 'ease-in-out',
  });
  tile?.animate([{ filter: 'brightness(1.35)' }, { filter: 'none' }], { duration: 900, delay: queryMs });
}

type Point = readonly [x: number, y: number];

/** A dot from one place to another, both as the window has them. */
function fly(box: HTMLElement, kind: string, from: Point, to: Point, timing: KeyframeAnimationOptions): void {
  const origin = box.getBoundingClientRect();
  const at = ([x, y]: Point) => `translate(${x - origin.x}px, ${y - origin.y}px)`;
  const dot = document.createElement('span');
  dot.className = `dot ${kind}`;
  dot.setAttribute('aria-hidden', 'true');
  box.append(dot);
  const flight = dot.animate([{ transform: at(from) }, { transform: at(to) }], {
    fill: 'backwards',
    ...timing,
  });
  flight.onfinish = () => dot.remove();
  flight.oncancel = () => dot.remove();
}
