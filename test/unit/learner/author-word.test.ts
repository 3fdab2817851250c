// Which word of the author a learner reads after a mistake.
import { expect, test } from 'vitest';
import { authorWord } from '../../../runner/learner/author-word.ts';
import { hashOf } from '../../../runner/store/recorded-mistakes.ts';
import { blocksOf, fence, oneStep } from '../lesson/lesson-text.ts';

const step = (...more: readonly string[]) =>
  oneStep(
    fence('sql {exercise}', 'SELECT'),
    fence('result', 'n', '-', '1'),
    fence('sql {solution}', 'SELECT 1 AS n'),
    fence('sql {wrong}', '-- Two is one too many.', 'SELECT 2 AS n'),
    fence('sql {wrong}', '-- That is no number.', "SELECT 'x' AS n"),
    ...more,
  );
const exerciseOf = (text: string) => blocksOf(text)[0]!.exercise!;
const exercise = exerciseOf(step());

const rows = [{ title: 'result', actual: '2' }];
const recorded = exercise.wrongAnswers.map(({ text }, at) => ({
  hash: hashOf(text),
  failed: at === 0 ? rows : [{ title: 'result', actual: 'x' }],
}));
const word = (answers: readonly string[], failed: typeof rows, from = exercise) =>
  authorWord(from, { answers, failed, recorded });

test('of the very answer, however it is written', async () => {
  expect(await word(['select 2   as N -- so'], [])).toBe('Two is one too many.');
  expect(await word(['SELECT 1; SELECT 2 AS n', 'SELECT 2 AS n'], [])).toBe('Two is one too many.');
});

test('else of the one that fails the same checks with the same values', async () => {
  expect(await word(['SELECT 1 + 1 AS n'], rows)).toBe('Two is one too many.');
  expect(await word(['SELECT 3 AS n'], [{ title: 'result', actual: '3' }])).toBeUndefined();
  expect(await word(['SELECT 1 + 1 AS n'], [])).toBeUndefined();
});

test('of the one that returns the same wrong rows, where both have one row', async () => {
  const failed = (wrong: string) => [{ title: 'result', actual: '1 row', rows: wrong }];
  const byRows = exercise.wrongAnswers.map(({ text }, at) => ({
    hash: hashOf(text),
    failed: failed(at === 0 ? '2' : 'x'),
  }));
  const said = (wrong: string) =>
    authorWord(exercise, { answers: ['SELECT 4 / 2 AS n'], failed: failed(wrong), recorded: byRows });
  expect(await said('2')).toBe('Two is one too many.');
  expect(await said('3')).toBeUndefined();
});

test('of none where two fail so, or where the lesson has another text by now', async () => {
  const twice = exerciseOf(step(fence('sql {wrong}', '-- One and one.', 'SELECT 1 + 1 AS n')));
  const both = [...recorded, { hash: hashOf(twice.wrongAnswers[2]!.text), failed: rows }];
  const answer = { answers: ['SELECT 4 / 2 AS n'], failed: rows };
  expect(await authorWord(twice, { ...answer, recorded: both })).toBeUndefined();
  expect(
    await authorWord(exercise, { ...answer, recorded: [{ hash: 'other', failed: rows }] }),
  ).toBeUndefined();
});
