// Shell blocks, each a real bash.
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import type { ShellBlock } from '../../../../runner/lesson/types.ts';
import { runShell } from '../../../../runner/session/blocks/shell-block.ts';
import type { LessonEvent } from '../../../../runner/session/events.ts';

const block: ShellBlock = {
  kind: 'shell',
  id: 'a/1',
  place: { file: 'lesson.md', line: 1 },
  text: '',
  timeoutMs: 30_000,
  exit: 0,
  expectations: [],
};

interface Options {
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Aborted at the first output. */
  readonly stop?: AbortController;
}

async function shell(text: string, options: Options = {}) {
  const { timeoutMs = block.timeoutMs, env = process.env, stop = new AbortController() } = options;
  const events: LessonEvent[] = [];
  const emit = (event: LessonEvent) => {
    events.push(event);
    if (options.stop) stop.abort();
  };
  const end = await runShell({ ...block, timeoutMs }, text, { cwd: tmpdir(), env }, emit, stop.signal);
  return { end, events };
}

test('what is printed on both streams is shown and kept, in order', async () => {
  const { end, events } = await shell('echo one; echo two >&2; echo three');
  expect(end).toEqual({ status: 'exited', exitCode: 0, output: 'one\ntwo\nthree\n' });
  expect(events.map((event) => event.type === 'shell-output' && event.text).join('')).toBe(end.output);
});

test('a child in a session of its own does not hold up the deadline', async () => {
  const { end } = await shell('setsid sleep 100 & wait', { timeoutMs: 300 });
  expect(end).toEqual({ status: 'timed-out', output: '' });
});

test('nor does it hold up an interruption', async () => {
  const text = 'setsid bash -c "echo ready; exec sleep 100" & wait';
  const { end } = await shell(text, { stop: new AbortController() });
  expect(end.status).toBe('interrupted');
});

test('a child that keeps the pipe open does not hold up the end of its block', async () => {
  const { end } = await shell('sleep 100 & echo $!');
  expect(end).toMatchObject({ status: 'exited', exitCode: 0 });
  process.kill(Number(end.output), 'SIGKILL');
});

test('of endless output the first part is shown, and how much there was is said', async () => {
  const { end, events } = await shell('head -c 3000000 /dev/zero | tr "\\0" x');
  const shown = events.flatMap((event) => (event.type === 'shell-output' ? event.text : [])).join('');
  expect([shown.length, end.output.length]).toEqual([1_000_000, 1_000_000]);
  expect(events.at(-1)).toMatchObject({
    notice: { message: 'the first 1,000,000 of 3,000,000 characters are shown and compared' },
  });
});

test('where there is no bash, a sentence says so', async () => {
  await expect(shell('exit 0', { env: { PATH: '/nowhere' } })).rejects.toThrow(
    'a shell block needs bash, which cannot be started: ',
  );
});
