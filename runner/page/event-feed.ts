// Server-sent events: what the page paints from. A reader that is slow is not sent the next before it has taken the last.
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { EventLog } from './event-log.ts';

/** So many events at once make one message. */
const batch = 200;

/** From the event after `Last-Event-ID` of this run on: `id: RUN.SEQ`, `data: [event, …]`. */
export function eventFeed(context: Context, log: EventLog): Response {
  const [run, seq] = (context.req.header('last-event-id') ?? '').split('.').map(Number);
  return streamSSE(context, async (stream) => {
    let told = run === log.run ? (seq ?? 0) : 0;
    let toldRun = log.run;
    let wake = () => {};
    const unwatch = log.watch(() => wake());
    stream.onAbort(() => {
      unwatch();
      wake();
    });
    await stream.writeSSE({ event: 'run', data: String(log.run) });
    while (!stream.aborted) {
      if (toldRun !== log.run) {
        toldRun = log.run;
        told = 0;
        await stream.writeSSE({ event: 'run', data: String(toldRun) });
      }
      const events = log.since(told).slice(0, batch);
      if (events.length > 0) {
        told = events.at(-1)!.seq;
        await stream.writeSSE({ id: `${toldRun}.${told}`, data: JSON.stringify(events) });
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 20_000); // a proxy or a sleeping laptop shows at the next write
      });
      if (log.since(told).length === 0 && toldRun === log.run)
        await stream.writeSSE({ event: 'beat', data: '' });
    }
    unwatch();
  });
}
