import { expect, test } from 'vitest';
import { message } from '../../../runner/page/event-feed.ts';
import { openEventLog } from '../../../runner/page/event-log.ts';
import type { RunEvent } from '../../../runner/session/events.ts';

const started = (seq: number, block: string): RunEvent => ({ seq, block, type: 'block-started', text: '' });
const printed = (seq: number, block: string, text = ''): RunEvent => ({
  seq,
  block,
  type: 'shell-output',
  text,
});
const seqs = (events: readonly RunEvent[]) => events.map(({ seq }) => seq);

test('what a block printed goes when it runs again', () => {
  const log = openEventLog();
  for (const event of [started(1, 'a'), printed(2, 'a'), printed(3, 'b'), started(4, 'a'), printed(5, 'a')])
    log.add(event);
  expect(seqs(log.since(0))).toEqual([1, 3, 4, 5]);
  expect(seqs(log.since(3))).toEqual([4, 5]);
});

test('one more statement of the same answer keeps what was printed', () => {
  const log = openEventLog();
  log.add(started(1, 'a'));
  log.add(printed(2, 'a'));
  log.add({ seq: 3, block: 'a', type: 'block-started', text: '', continues: true });
  expect(seqs(log.since(0))).toEqual([1, 2, 3]);
});

test('another process, or another lesson, has another number', () => {
  const log = openEventLog();
  const before = log.run;
  expect(openEventLog().run).not.toBe(before);
  log.clear();
  expect(log.run).not.toBe(before);
});

test('a message ends at a number of events, or where it is long', () => {
  const many = Array.from({ length: 300 }, (_, at) => printed(at + 1, 'a'));
  expect(message(many).last?.seq).toBe(200);
  expect(JSON.parse(message(many).data)).toHaveLength(200);
  const long = [1, 2, 3].map((seq) => printed(seq, 'a', 'x'.repeat(600_000)));
  expect(message(long).last?.seq).toBe(2);
  expect(message([])).toEqual({ data: '[]', last: undefined });
});
