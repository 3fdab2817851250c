// All that a page is told, in one stream: a browser has six connections to a server, for all tabs together.
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { tellCluster } from './cluster-feed.ts';
import { tellEvents } from './event-feed.ts';
import type { Notebook } from './notebook.ts';

export function feed(context: Context, notebook: Notebook): Response {
  const after = context.req.header('last-event-id') ?? context.req.query('after') ?? '';
  return streamSSE(context, async (stream) => {
    const ending = new AbortController();
    stream.onAbort(() => ending.abort());
    const { signal } = ending;
    await Promise.all([
      tellEvents(stream, notebook.events, after, signal),
      tellCluster(stream, notebook, signal),
    ]);
  });
}
