import { expect, test } from 'vitest';
import { widthOf } from '../../../runner/lesson/cell.ts';
import { errorPosition } from '../../../runner/report/error-position.ts';

test('the caret stands below the place of the error', () => {
  expect(errorPosition('SELEC 1', 1, 80)).toEqual(['LINE 1: SELEC 1', '        ^']);
  expect(errorPosition('SELECT a,\n  nosuch\nFROM t', 13, 80)).toEqual(['LINE 2:   nosuch', '          ^']);
});

test('the end of the input is a place, too', () => {
  expect(errorPosition('SELECT', 7, 80)).toEqual(['LINE 1: SELECT', '              ^']);
});

test('there is nothing to show without a position, or with one of another text', () => {
  expect(errorPosition('SELECT 1', undefined, 80)).toEqual([]);
  expect(errorPosition('SELECT 1', 100, 80)).toEqual([]);
});

test('positions count characters, and carets columns', () => {
  const [, caret] = errorPosition("SELECT '分😀', nosuch", 14, 80);
  expect(caret).toBe(`${' '.repeat('LINE 1: '.length + 15)}^`);
});

test('a tab takes one column, and no control character reaches the terminal', () => {
  expect(errorPosition('\tSELEC\u001b', 2, 80)).toEqual(['LINE 1:  SELEC\\x1B', '         ^']);
});

test.each([1, 40, 150, 290])('a long line is cut around the place (%d)', (position) => {
  const sql = `${'abcdefghi '.repeat(30)}`;
  const [line, caret] = errorPosition(sql, position, 60);
  expect(widthOf(line!)).toBeLessThanOrEqual(60);
  expect(line!.at(caret!.length - 1)).toBe(sql.at(position - 1));
});
