// The cluster as the page draws it: read again and again while somebody looks, with what the last query touched.
import { setTimeout as pause } from 'node:timers/promises';
import type { SSEStreamingApi } from 'hono/streaming';
import type { MapData } from '../map/map-data.ts';
import { type MapReader, openMapReader } from '../map/read-map.ts';
import { isExplainable, touchedShards } from '../map/touched-shards.ts';
import type { ShownRun } from './shown-run.ts';

const everyMs = 700;

export interface ClusterNow {
  /** Null while no lesson is open, or nothing can be read. */
  readonly map: MapData | null;
  /** The query that ran last, and the shards that it touches. */
  readonly touched?: { readonly seq: number; readonly sql: string; readonly shards: readonly number[] };
}

export async function tellCluster(
  stream: SSEStreamingApi,
  shown: ShownRun,
  signal: AbortSignal,
): Promise<void> {
  let reader: { readonly of: unknown; readonly map: MapReader } | undefined;
  let touched: ClusterNow['touched'];
  let last = '';
  let { run } = shown.events;
  let sentSeq = 0;
  let shape: string | undefined;
  try {
    while (!signal.aborted) {
      const { session, cluster } = shown.current ?? {};
      await session?.prepared();
      if (reader?.of !== cluster) {
        await reader?.map.close();
        reader = cluster && { of: cluster, map: openMapReader(cluster) };
      }
      const map = (await reader?.map.read(signal).catch(() => undefined)) ?? null;
      if (signal.aborted) break;
      if (run !== shown.events.run) {
        run = shown.events.run;
        [touched, shape, sentSeq] = [undefined, undefined, 0];
      }
      const before = shape;
      shape = map === null ? undefined : shapeOf(map);
      const lately = shown.events.since(sentSeq);
      sentSeq = lately.at(-1)?.seq ?? sentSeq;
      // Nothing ran here, and yet it is another: checks of an exercise may hold now.
      if (before !== undefined && shape !== before && lately.length === 0) {
        await shown.disturbed().catch(() => {});
      }
      touched = await touchedBy(shown, touched, signal);
      const now: ClusterNow = { map, ...(touched && { touched }) };
      const data = JSON.stringify(now);
      if (data !== last) await stream.writeSSE({ event: 'cluster', data });
      last = data;
      await pause(everyMs, undefined, { signal }).catch(() => {});
    }
  } finally {
    await reader?.map.close();
  }
}

/** What a learner changes; not how far a standby is behind at the moment. */
const shapeOf = ({ nodes, tables, placements }: MapData): string =>
  JSON.stringify([
    nodes.map(({ replication: _, ...node }) => node),
    tables,
    placements.map(({ bytes: _, ...placement }) => placement),
  ]);

/** Asked once for each query. */
async function touchedBy(
  { events, current }: ShownRun,
  before: ClusterNow['touched'],
  signal: AbortSignal,
): Promise<ClusterNow['touched']> {
  const event = events
    .since(before?.seq ?? 0)
    .findLast((each) => each.type === 'statement-finished' && isExplainable(each.sql));
  if (event?.type !== 'statement-finished' || current === undefined) return before;
  const shards = await touchedShards(event.sql, current.cluster, signal).catch(() => new Set<number>());
  return { seq: event.seq, sql: event.sql, shards: [...shards] };
}
