import { expect, test } from 'vitest';
import { wrapCode } from '../../../runner/report/wrap-code.ts';

test('a line that fits is left alone', () => {
  expect(wrapCode('SELECT 1;\n\n  -- two', 9)).toBe('SELECT 1;\n\n  -- two');
});

test('a longer one is broken at blanks, and stands further in', () => {
  expect(wrapCode('  SELECT a, b, c FROM t;', 14)).toBe('  SELECT a, b,\n      c FROM\n      t;');
});

test('a word that is longer than the line stays whole', () => {
  expect(wrapCode('SELECT aaaaaaaaaaaaaaaaaaaa FROM t', 10)).toBe(
    'SELECT\n    aaaaaaaaaaaaaaaaaaaa\n    FROM t',
  );
});
