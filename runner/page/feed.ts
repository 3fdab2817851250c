// All that a page is told, in one stream: a browser has six connections to a server, for all tabs together.
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { tellCluster } from './cluster-feed.ts';
import { tellEvents } from './event-feed.ts';
import type { ShownRun } from './shown-run.ts';

export function feed(context: Context, run: ShownRun): Response {
  const after = context.req.header('last-event-id') ?? context.req.query('after') ?? '';
  return streamSSE(context, async (stream) => {
    const ending = new AbortController();
    stream.onAbort(() => ending.abort());
    const { signal } = ending;
    await Promise.all([
      tellEvents(stream, run.events, after, signal).finally(() => ending.abort()),
      tellCluster(stream, run, signal),
    ]);
  });
}
