import { expect, test } from 'vitest';
import { placeInSetup, setupOf } from '../../../runner/lesson/setup.ts';
import type { SetupFile } from '../../../runner/lesson/types.ts';

const place = { file: '01-a.md', line: 2 };
const shipped = 'CREATE TABLE demo ();\n';
const init: readonly SetupFile[] = [
  { name: 'a.sql', place, source: { file: 'lessons/a.sql', text: 'CREATE TABLE a ();\n-- no end' } },
  { name: 'init.sql', place },
  { name: 'b.sql', place, source: { file: 'lessons/b.sql', text: 'CREATE TABLE b ()' } },
];

test('the files follow one another, and the last statement of each needs no semicolon', () => {
  expect(setupOf({ init }, shipped)).toBe(
    'CREATE TABLE a ();\n-- no end\n;\nCREATE TABLE demo ();\n\n;\nCREATE TABLE b ()',
  );
});

test('the shipped file alone is as it was, and no file is nothing', () => {
  expect(setupOf({ init: init.slice(1, 2) }, shipped)).toBe(shipped);
  expect(setupOf({ init: [] }, shipped)).toBeUndefined();
});

test.each([
  [1, 'lessons/a.sql', 1],
  [2, 'lessons/a.sql', 2],
  [4, 'init.sql', 1],
  [7, 'lessons/b.sql', 1],
])('line %d is in %s:%d', (line, file, own) => {
  expect(placeInSetup({ init }, shipped, line)).toEqual({ file, line: own });
});
