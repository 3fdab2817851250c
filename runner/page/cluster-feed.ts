// The cluster as the page draws it, read again and again while somebody looks, and told where it has changed.

import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { type MapReader, openMapReader } from '../map/read-map.ts';
import type { Notebook } from './notebook.ts';

const everyMs = 700;

export function clusterFeed(context: Context, notebook: Notebook): Response {
  return streamSSE(context, async (stream) => {
    const ending = new AbortController();
    stream.onAbort(() => ending.abort());
    let reader: { readonly of: unknown; readonly map: MapReader } | undefined;
    let last = '';
    try {
      while (!ending.signal.aborted) {
        const cluster = notebook.current?.cluster;
        if (reader?.of !== cluster) {
          await reader?.map.close();
          reader = cluster && { of: cluster, map: openMapReader(cluster) };
        }
        const map = await reader?.map.read(ending.signal).catch(() => undefined);
        const data = JSON.stringify(map ?? null);
        if (data !== last) await stream.writeSSE({ data });
        last = data;
        await pause(everyMs, undefined, { signal: ending.signal }).catch(() => {});
      }
    } finally {
      await reader?.map.close();
    }
  });
}
