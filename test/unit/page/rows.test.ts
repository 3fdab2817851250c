import { expect, test } from 'vitest';
import {
  asCsv,
  asMarkdown,
  describeColumns,
  isNumeric,
  rowsInSight,
  sortRows,
} from '../../../page/src/rows.ts';

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

test('only the rows in sight are drawn, with some on both sides', () => {
  const box = { rowHeight: 28, inBox: 15, all: 10_000 };
  expect(rowsInSight({ ...box, top: 0 })).toEqual({ first: 0, last: 35 });
  expect(rowsInSight({ ...box, top: 100 * 28 })).toEqual({ first: 90, last: 125 });
  expect(rowsInSight({ ...box, top: 9_985 * 28 })).toEqual({ first: 9_975, last: 10_000 });
  // Of a result that was longer before it ran again.
  expect(rowsInSight({ ...box, top: 9_985 * 28, all: 20 })).toEqual({ first: 10, last: 20 });
});

test('a column is described once: numbers, the largest, the longest as far as it is shown', () => {
  expect(
    describeColumns(
      ['n', 'text'],
      [
        ['-7', 'a'],
        [null, 'x'.repeat(100)],
      ],
    ),
  ).toEqual([
    { isNumeric: true, largest: 7, characters: 4 },
    { isNumeric: false, largest: 0, characters: 60 },
  ]);
});
