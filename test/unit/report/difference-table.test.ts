import { expect, test } from 'vitest';
import { widthOf } from '../../../runner/lesson/cell.ts';
import { createResultMatcher } from '../../../runner/lesson/result.ts';
import { differenceTable } from '../../../runner/report/difference-table.ts';
import { coloured, plain } from '../../../runner/report/style.ts';

const place = { file: 'lesson.md', line: 10 };

interface Sides {
  readonly columns: readonly string[];
  readonly expected: readonly (readonly string[])[];
  readonly actual: readonly (readonly string[])[];
  readonly ordered?: boolean;
  readonly actualColumns?: readonly string[];
}

function differenceOf({ columns, expected, actual, ordered = true, actualColumns = columns }: Sides) {
  const rows = expected.map((cells, at) => ({ cells, place: { ...place, line: 13 + at } }));
  const expectation = { kind: 'result', place, columns, rows, open: false } as const;
  const matcher = createResultMatcher(expectation, actualColumns, { ordered });
  for (const row of actual) matcher.push(row);
  const difference = matcher.finish();
  if (difference === undefined) throw new Error('the result is as expected');
  return difference;
}

const table = (sides: Sides, options: { width?: number; withLines?: boolean } = {}) =>
  differenceTable(differenceOf(sides), { style: plain, width: 80, ...options });

const counted = {
  columns: ['shard', 'rows'],
  expected: [
    ['a', '30'],
    ['b', '35'],
    ['c', '10'],
  ],
};

test('only the rows that differ are shown, and the cells that differ are marked', () => {
  const actual = [
    ['a', '30'],
    ['b', '36'],
    ['c', '10'],
  ];
  expect(table({ ...counted, actual })).toEqual([
    '            | row | shard | rows',
    '------------+-----+-------+------',
    ' - expected |     | b     |   35',
    ' + actual   |   2 | b     | ≠ 36',
  ]);
});

test('missing and unexpected rows are named', () => {
  const actual = [
    ['a', '30'],
    ['x', '1'],
    ['y', ''],
  ];
  expect(table({ ...counted, actual, ordered: false })).toEqual([
    '                | row | shard |  rows',
    '----------------+-----+-------+---------',
    ' - missing      |     | b     | 35',
    ' - missing      |     | c     | 10',
    ' + not expected |   2 | x     | 1',
    ' + not expected |   3 | y     | (blank)',
  ]);
});

test('a row in the wrong place is one line', () => {
  const actual = [
    ['b', '35'],
    ['a', '30'],
    ['c', '10'],
  ];
  expect(table({ ...counted, actual })).toEqual([
    '                | row | shard | rows',
    '----------------+-----+-------+------',
    ' ~ out of order |   2 | a     |   30',
  ]);
});

test('a wrong number of rows comes first', () => {
  const actual = counted.expected.slice(0, 2);
  expect(table({ ...counted, actual })).toEqual([
    'expected 3 rows, got 2',
    '           | row | shard | rows',
    '-----------+-----+-------+------',
    ' - missing |     | c     |   10',
  ]);
});

test('columns that are missing or not expected leave no rows to compare', () => {
  const actualColumns = ['shard', 'count'];
  expect(table({ ...counted, actual: counted.expected, actualColumns })).toEqual([
    'column rows is missing',
    'column count is not expected',
  ]);
});

test('authors see the lines of the lesson', () => {
  const lines = table(
    { ...counted, actual: [['a', '3'], ...counted.expected.slice(1)] },
    { withLines: true },
  );
  expect(lines).toContain(' - expected | line 13 | a     |   30');
});

test('what is too much is counted', () => {
  const numbers = Array.from({ length: 20 }, (_, i) => [String(i), 'x']);
  const actual = numbers.map(([n]) => [n!, 'y']);
  const lines = table({ columns: ['n', 'v'], expected: numbers, actual });
  expect(lines).toHaveLength(2 + 16 + 1);
  expect(lines.at(-1)).toBe('and 12 more rows differ');
});

test('a row that is too wide shows its first column and those that differ', () => {
  const columns = ['id', 'one', 'two', 'three'];
  const long = 'x'.repeat(40);
  expect(table({ columns, expected: [['1', long, 'a', long]], actual: [['1', long, 'b', long]] })).toEqual([
    '            | row | id | two',
    '------------+-----+----+-----',
    ' - expected |     |  1 |   a',
    ' + actual   |   1 |  1 | ≠ b',
    '2 columns not shown',
  ]);
});

test.each([40, 50, 80, 120])('lines fit %d columns, whatever the cells hold', (width) => {
  const columns = Array.from({ length: 9 }, (_, i) => `column_${i}`);
  const row = (text: string) => columns.map((name) => `${name} ${text.repeat(12)}`);
  const lines = table({ columns, expected: [row('表\n')], actual: [row('b ')] }, { width });
  expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
  expect(lines.some((line) => line.includes('≠'))).toBe(true);
});

test('both sides have their color', () => {
  const actual = [['a', '31'], ...counted.expected.slice(1)];
  const lines = differenceTable(differenceOf({ ...counted, actual }), { style: coloured, width: 80 });
  expect(lines[2]).toContain('\u001b[32m - expected');
  expect(lines[3]).toContain('\u001b[31m + actual');
});
