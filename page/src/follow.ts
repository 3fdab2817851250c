// A page that watches stays with the block at which the run is, unless who looks has gone elsewhere.
import type { RunEvent } from '../../runner/session/events.ts';
import { isInSight, showCell } from './presenting.ts';
import { watched } from './store.ts';

let at: string | undefined;

const moves: ReadonlySet<RunEvent['type']> = new Set(['block-reached', 'block-started', 'block-finished']);

/** To be called before the page shows what these events tell. */
export function follow(events: readonly RunEvent[]): void {
  const next = events.findLast(({ type }) => moves.has(type))?.block;
  if (next === undefined || watched.value === undefined) return;
  if (at === undefined || isInSight(at)) requestAnimationFrame(() => showCell(next));
  at = next;
}
