import { expect, test } from 'vitest';
import { asCsv, asMarkdown, isNumeric, sortRows } from '../../../page/src/rows.ts';

const rows = [
  ['10', 'b'],
  ['9', 'a, "c"'],
  [null, 'd|e'],
];

test('numbers are sorted by value, text by its letters, NULL last', () => {
  expect(sortRows(rows, { column: 0, descending: false }).map(([n]) => n)).toEqual(['9', '10', null]);
  expect(sortRows(rows, { column: 0, descending: true }).map(([n]) => n)).toEqual(['10', '9', null]);
  expect(sortRows(rows, { column: 1, descending: false }).map(([, t]) => t)).toEqual(['a, "c"', 'b', 'd|e']);
  expect(sortRows(rows, undefined)).toBe(rows);
});

test('a column is numeric where every value of it is a number', () => {
  expect(isNumeric(rows, 0)).toBe(true);
  expect(isNumeric(rows, 1)).toBe(false);
  expect(isNumeric([[null]], 0)).toBe(false);
});

test('CSV quotes what it must', () => {
  expect(asCsv(['n', 't'], rows)).toBe('n,t\r\n10,b\r\n9,"a, ""c"""\r\n,d|e\r\n');
});

test('a bar in Markdown is escaped', () => {
  expect(asMarkdown(['n', 't'], rows)).toBe(
    '| n | t |\n| --- | --- |\n| 10 | b |\n| 9 | a, "c" |\n|  | d\\|e |\n',
  );
});
