import { expect, test } from 'vitest';
import { knownMistake, readMistake } from '../../../runner/lesson/known-mistake.ts';
import type { Exercise } from '../../../runner/lesson/types.ts';

const place = { file: 'lesson.md', line: 1 };

const exerciseOf = (...wrong: readonly string[]): Exercise => ({
  hints: [],
  solutions: [],
  wrongAnswers: wrong.map((text) => ({ text, place })),
});

const byKind = `-- You distributed by kind.
-- It has three values.
SET citus.shard_count = 8;
SELECT create_distributed_table('events', 'kind');
`;
const sentence = 'You distributed by kind. It has three values.';
const exercise = exerciseOf('-- Empty.\nTRUNCATE events;', byKind);

test.each([
  ['as it is written', byKind],
  ['without its comments', byKind.replace(/--.*\n/g, '')],
  ['in other words', "set CITUS.shard_count to 8;select  create_distributed_table ( 'events','kind' )"],
  ['with comments of its own', `/* mine */ ${byKind.replace(/--.*\n/g, '')} -- done`],
])('the wrong answer is known %s', async (_, text) => {
  expect(await knownMistake(exercise, text)).toBe(sentence);
});

test.each([
  ['another value', byKind.replace("'kind'", "'sort'")],
  ['another setting', byKind.replace('8', '9')],
  ['a statement less', byKind.replace(/SET .*\n/, '')],
  ['a statement more', `${byKind}SELECT 1;`],
  ['another order', `${byKind.replace(/SET .*\n/, '')} SET citus.shard_count = 8;`],
  ['text that does not parse', byKind.replace('SELECT', 'SELEC')],
  ['nothing', ''],
])('%s is another answer', async (_, text) => {
  expect(await knownMistake(exercise, text)).toBeUndefined();
});

test('of commands that are not SQL only blanks and comments do not count', async () => {
  const shell = exerciseOf('# The wrong one.\nlesson node stop worker-1\n');
  expect(await knownMistake(shell, '  lesson node  stop worker-1 ')).toBe('The wrong one.');
  expect(await knownMistake(shell, 'lesson node stop worker-2')).toBeUndefined();
});

test('a wrong answer without a word on it says nothing', async () => {
  expect(await knownMistake(exerciseOf('SELECT 1;'), 'SELECT 1')).toBeUndefined();
  expect(readMistake({ text: 'SELECT 1; -- late', place })).toBe('');
});
