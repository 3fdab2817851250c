import { expect, test } from 'vitest';
import { describeNewStart } from '../../../runner/lesson/new-start.ts';
import { parse } from './lesson-text.ts';

const place = { file: '01-a.md', line: 2 };
const withFiles = (...files: readonly (readonly [file: string, text: string])[]) => ({
  ...parse('# A\n\n## S\n'),
  init: files.map(([file, text]) => ({ name: file, place, source: { file, text } })),
});
const before = withFiles(['shop.sql', 'SELECT 1'], ['more.sql', 'SELECT 2']);

test('a lesson that starts as before has no news', () => {
  expect(describeNewStart(before, before)).toBeUndefined();
});

test('the files that have changed are named', () => {
  expect(describeNewStart(before, withFiles(['shop.sql', 'SELECT 3'], ['more.sql', 'SELECT 2']))).toBe(
    'shop.sql has changed, and the lesson starts with it.',
  );
  expect(describeNewStart(before, withFiles(['shop.sql', ''], ['more.sql', '']))).toBe(
    'shop.sql and more.sql have changed, and the lesson starts with them.',
  );
});

test('other files, or another number of workers, are another cluster', () => {
  const sentence = 'The lesson starts with another cluster now.';
  expect(describeNewStart(before, withFiles(['shop.sql', 'SELECT 1']))).toBe(sentence);
  expect(describeNewStart(before, { ...before, workers: { count: 3, exactly: false } })).toBe(sentence);
});
