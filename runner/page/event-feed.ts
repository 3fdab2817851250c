// The events of the run as messages: what the page paints from. A reader that is slow is not sent the next before it has
// taken the last, and no more is kept for it than one message.
import type { SSEStreamingApi } from 'hono/streaming';
import type { RunEvent } from '../session/events.ts';
import type { EventLog } from './event-log.ts';

/** So many events, or characters, at once make one message. */
const mostEvents = 200;
const mostCharacters = 1_000_000;

/** How often a message is sent when nothing happens: a laptop that sleeps shows at the next write. */
const beatMs = 20_000;

/** @param after What the page has read: `RUN.SEQ`. */
export async function tellEvents(
  stream: SSEStreamingApi,
  log: EventLog,
  after: string,
  signal: AbortSignal,
): Promise<void> {
  const [run, seq] = after.split('.').map(Number);
  let sent = { run: log.run, seq: run === log.run ? (seq ?? 0) : 0 };
  if (run !== log.run) await stream.writeSSE({ event: 'run', data: String(log.run) });
  let wake = () => {};
  const unwatch = log.watch(() => wake());
  signal.addEventListener('abort', () => wake(), { once: true });
  while (!signal.aborted) {
    if (sent.run !== log.run) {
      sent = { run: log.run, seq: 0 };
      await stream.writeSSE({ event: 'run', data: String(sent.run) });
    }
    const { data, last } = message(log.since(sent.seq));
    if (last !== undefined) {
      sent = { ...sent, seq: last.seq };
      await stream.writeSSE({ id: `${sent.run}.${sent.seq}`, data });
      continue;
    }
    if (log.hasEnded) break;
    const isWoken = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), beatMs);
      wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
    if (!isWoken) await stream.writeSSE({ event: 'beat', data: '' });
  }
  unwatch();
}

/** As many of them as make one message, at least one where there is one. */
export function message(events: readonly RunEvent[]): {
  readonly data: string;
  readonly last?: RunEvent | undefined;
} {
  const parts: string[] = [];
  let characters = 0;
  for (const event of events) {
    if (parts.length === mostEvents || characters >= mostCharacters) break;
    const part = JSON.stringify(event);
    parts.push(part);
    characters += part.length;
  }
  return { data: `[${parts.join(',')}]`, last: events[parts.length - 1] };
}
