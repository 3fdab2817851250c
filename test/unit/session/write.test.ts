// The client of authors, on a session without servers: what runs again when the text of a lesson has changed.
import { expect, test } from 'vitest';
import type { Lesson } from '../../../runner/lesson/types.ts';
import { type Verdict, write } from '../../../runner/session/write.ts';
import { failed, lessonOf, passed, sessionOf, simulate } from './simulation.ts';

const sql = (text: string, info = 'sql') => ['', `\`\`\`${info}`, text, '```'];
const end = (text: string) => ({ outcomes: [text.includes('wrong') ? failed : passed] });

/** Writes these texts, one after the other. Returns what ran for each, and the verdicts. */
async function writeAll(...texts: readonly (readonly string[])[]) {
  const [first, ...rest] = texts.map((text): Lesson => lessonOf(...text));
  const simulation = simulate(first!, { end }, true);
  const runs: string[][] = [];
  const verdicts: Omit<Verdict, 'ms' | 'failed'>[] = [];
  const failures: (string | undefined)[] = [];
  const status = await write(sessionOf(simulation), {
    nextText: async () => rest.shift(),
    report({ ms: _, failed, ...verdict }) {
      runs.push(simulation.log.splice(0));
      verdicts.push(verdict);
      failures.push(failed?.text);
    },
  });
  return { status, runs, verdicts, failures };
}

const lesson = (...blocks: readonly string[]) => ['## One', ...blocks.flatMap((text) => sql(text))];

test('all of it runs once', async () => {
  const { runs, verdicts, status } = await writeAll(lesson('one', 'two'));
  expect(runs).toEqual([['reset', 'one', 'two']]);
  expect(verdicts).toEqual([{ blocks: 2, ran: 2 }]);
  expect(status).toBe('left');
});

test('a block at the end runs alone', async () => {
  const { runs, verdicts } = await writeAll(lesson('one'), lesson('one', 'two'));
  expect(runs.at(-1)).toEqual(['two']);
  expect(verdicts.at(-1)).toEqual({ blocks: 2, ran: 1 });
});

test('from the first block that changed on, all runs again in the state in which that starts', async () => {
  const { runs } = await writeAll(lesson('one', 'two', 'three'), lesson('one', '2', 'three'));
  expect(runs.at(-1)).toEqual(['reset', 'one', '2', 'three']);
});

test('the first that fails ends it, and runs again with the next text', async () => {
  const { runs, failures } = await writeAll(
    lesson('one', 'wrong', 'three'),
    lesson('one', 'two', 'three'),
    lesson('one', 'two', 'three', 'four'),
  );
  expect(failures).toEqual(['wrong', undefined, undefined]);
  expect(runs).toEqual([['reset', 'one', 'wrong'], ['reset', 'one', 'two', 'three'], ['four']]);
});

test('other words, headings and places run nothing again', async () => {
  const { runs, verdicts } = await writeAll(lesson('one', 'two'), [
    ...['## Another title', '', 'Some words.'],
    ...[...sql('one'), ...sql('two')],
  ]);
  expect(runs.at(-1)).toEqual([]);
  expect(verdicts.at(-1)).toEqual({ blocks: 2, ran: 0 });
});

test('another expectation runs its block again', async () => {
  const result = (n: number) => ['', '```result', ' n', '---', ` ${n}`, '```'];
  const { runs } = await writeAll(
    ['## One', ...sql('one'), ...sql('two'), ...result(1)],
    ['## One', ...sql('one'), ...sql('two'), ...result(2)],
  );
  expect(runs.at(-1)).toEqual(['reset', 'one', 'two']);
});

test('a block that was removed has left its trace', async () => {
  const { runs } = await writeAll(lesson('one', 'two'), lesson('one'), lesson('one', 'three'));
  expect(runs).toEqual([['reset', 'one', 'two'], [], ['reset', 'one', 'three']]);
});
