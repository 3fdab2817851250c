import type { SSEStreamingApi } from 'hono/streaming';
import { expect, test } from 'vitest';
import { tellEvents } from '../../../runner/page/event-feed.ts';
import { openEventLog } from '../../../runner/page/event-log.ts';
import type { RunEvent } from '../../../runner/session/events.ts';

const printed = (seq: number): RunEvent => ({ seq, block: 'a', type: 'shell-output', text: 'x' });

/** Takes a message when it is told to. */
function openReader() {
  const messages: { readonly event?: string; readonly data: unknown }[] = [];
  let take = () => {};
  const stream = {
    writeSSE(message: { readonly event?: string; readonly data: string }) {
      messages.push({ ...message, data: JSON.parse(message.data || 'null') });
      return new Promise<void>((resolve) => {
        take = resolve;
      });
    },
  } as unknown as SSEStreamingApi;
  return { stream, messages, take: () => take() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a slow reader is sent the next message when it has taken the last, and then all that it has missed', async () => {
  const log = openEventLog();
  const reader = openReader();
  const ending = new AbortController();
  const told = tellEvents(reader.stream, log, `${log.run}.0`, ending.signal);
  for (let seq = 1; seq <= 100; seq += 1) {
    log.add(printed(seq));
    await turn();
  }
  expect(reader.messages).toHaveLength(1);
  reader.take();
  await turn();
  expect(reader.messages.map(({ data }) => (data as unknown[]).length)).toEqual([1, 99]);
  ending.abort();
  reader.take();
  await told;
});

test('when the run has ended, its last events are told, and then nobody waits', async () => {
  const log = openEventLog();
  log.add(printed(1));
  log.end();
  const reader = openReader();
  const told = tellEvents(reader.stream, log, `${log.run}.0`, new AbortController().signal);
  await turn();
  expect(reader.messages).toMatchObject([{ data: [{ seq: 1 }] }]);
  reader.take();
  await told;
});

test('who comes back to the same run goes on where it was; to another, begins anew', async () => {
  const log = openEventLog();
  for (const seq of [1, 2, 3]) log.add(printed(seq));
  const first = async (after: string) => {
    const reader = openReader();
    const ending = new AbortController();
    const told = tellEvents(reader.stream, log, after, ending.signal);
    ending.abort();
    reader.take();
    await told;
    return reader.messages[0];
  };
  expect(await first(`${log.run + 7}.2`)).toEqual({ event: 'run', data: log.run });
  const again = openReader();
  const ending = new AbortController();
  const told = tellEvents(again.stream, log, `${log.run}.2`, ending.signal);
  await turn();
  expect(again.messages).toMatchObject([{ data: [{ seq: 3 }] }]);
  ending.abort();
  again.take();
  await told;
});
