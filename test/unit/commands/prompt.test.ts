// The learner's keys, on streams that stand in for a terminal.
import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { confirm, promptControl } from '../../../runner/commands/prompt.ts';
import type { Invocation } from '../../../runner/invocation.ts';
import type { SqlBlock } from '../../../runner/lesson/types.ts';
import type { PlannedBlock } from '../../../runner/session/plan.ts';

const place = { file: 'lesson.md', line: 1 };
const sqlBlock: SqlBlock = {
  id: 'a/1',
  kind: 'sql',
  place,
  text: 'SELECT 1;',
  timeoutMs: 1_000,
  node: 'coordinator',
  expectations: [],
};
const step = { step: { id: 'a', title: 'A', place, parts: [], needs: [] }, number: 1, last: 2 };
const where = { id: 'a/1', step, item: 1, index: 0 };
const block: PlannedBlock = { ...where, block: sqlBlock, text: 'SELECT 1;' };
const exercise: PlannedBlock = {
  ...where,
  block: {
    ...sqlBlock,
    exercise: {
      hints: [
        { markdown: 'First hint.', place },
        { markdown: 'Second hint.', place },
      ],
      solutions: [{ text: 'SELECT 42;', place }],
      wrongAnswers: [],
    },
  },
  text: '-- yours',
  answer: 'start',
};

/** Types the next keys each time the program waits for one, and keeps what it printed. */
function terminal(...keys: readonly string[]) {
  const left = [...keys];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(raw: boolean) {
      const key = raw ? left.shift() : undefined;
      if (key !== undefined) setImmediate(() => stdin.write(key));
    },
  });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let printed = '';
  stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  const stop = new AbortController();
  const invocation = {
    env: { NO_COLOR: '1' },
    cwd: '/',
    stdin,
    stdout,
    stderr: stdout,
    signal: stop.signal,
  } as unknown as Invocation;
  return { invocation, stop, printed: () => printed };
}

test.each([
  ['Enter runs the block', '\r', { do: 'run' }],
  ['s skips the step', 's', { do: 'skip' }],
  ['q leaves', 'q', { do: 'leave' }],
  ['Ctrl-D leaves', '\u0004', { do: 'leave' }],
])('%s', async (_name, key, decision) => {
  const { invocation, printed } = terminal(key);
  expect(await promptControl(invocation).before(block)).toEqual(decision);
  expect(printed()).toContain('[Enter] run  [s] skip step  [q] leave');
});

test('a key that means nothing is passed over', async () => {
  const { invocation } = terminal('x', '7', 's');
  expect(await promptControl(invocation).before(block)).toEqual({ do: 'skip' });
});

test('of keys that come at once the first counts', async () => {
  const { invocation } = terminal('sq');
  expect(await promptControl(invocation).before(block)).toEqual({ do: 'skip' });
});

test('each Ctrl-C is a signal, also where two come at once', async () => {
  const signals: (string | number | undefined)[] = [];
  const kill = vi.spyOn(process, 'kill').mockImplementation((_pid, signal) => {
    signals.push(signal);
    stop.abort();
    return true;
  });
  const { invocation, stop } = terminal('\u0003\u0003');
  expect(await promptControl(invocation).before(block)).toEqual({ do: 'leave' });
  expect(signals).toEqual(['SIGINT', 'SIGINT']);
  kill.mockRestore();
});

test('after a failure one may try again or leave', async () => {
  expect(await promptControl(terminal('a').invocation).afterFailure(block)).toBe('again');
  expect(await promptControl(terminal('q').invocation).afterFailure(block)).toBe('stop');
});

test('hints come one at a time, then the solution', async () => {
  const { invocation, printed } = terminal('h', 'h', 'h', 'q');
  await promptControl(invocation).before(exercise);
  const [first = -1, second = -1, solution = -1] = ['First hint.', 'Second hint.', 'SELECT 42;'].map((text) =>
    printed().indexOf(text),
  );
  expect(first).toBeGreaterThan(0);
  expect(second).toBeGreaterThan(first);
  expect(solution).toBeGreaterThan(second);
});

test('hints that were given stay given at the next attempt', async () => {
  const { invocation, printed } = terminal('h', '\r', 'h', '\r');
  const control = promptControl(invocation);
  await control.before(exercise);
  await control.before(exercise);
  expect(printed()).toContain('Hint 2 of 2: Second hint.');
});

test('an answer is read up to an empty line', async () => {
  const { invocation } = terminal('a', 'SELECT\n  43;\n\n');
  expect(await promptControl(invocation).before(exercise)).toEqual({ do: 'run', answer: 'SELECT\n  43;' });
});

test('an empty answer asks again', async () => {
  const { invocation } = terminal('a', '\n', 's');
  expect(await promptControl(invocation).before(exercise)).toEqual({ do: 'skip' });
});

test('a signal leaves while a key is waited for', async () => {
  const { invocation, stop } = terminal();
  const decision = promptControl(invocation).before(block);
  stop.abort();
  expect(await decision).toEqual({ do: 'leave' });
});

test('a question is answered with y, anything else is no', async () => {
  expect(await confirm('Remove?', terminal('y').invocation)).toBe(true);
  expect(await confirm('Remove?', terminal('\r').invocation)).toBe(false);
});

test('a terminal that is gone reads as leaving', async () => {
  const { invocation } = terminal();
  const decision = promptControl(invocation).before(block);
  (invocation.stdin as unknown as PassThrough).end();
  expect(await decision).toEqual({ do: 'leave' });
});
