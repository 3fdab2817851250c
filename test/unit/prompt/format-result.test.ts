import { describe, expect, test } from 'vitest';
import { type Expanded, formatResult, type ResultOptions } from '../../../runner/prompt/format-result.ts';
import { plain } from '../../../runner/report/style.ts';

type Rows = readonly (readonly (string | null)[])[];

const format = (columns: string[], rows: Rows, options: Partial<ResultOptions> = {}) =>
  formatResult(
    { columns, rows, rowCount: rows.length },
    { width: 40, expanded: 'auto', style: plain, ...options },
  ).split('\n');

test('numbers stand at the right, NULL is blank', () => {
  const rows = [
    ['1', 'a', '1.5e-05'],
    [null, 'NaN', '-10'],
    ['100', null, 'NaN'],
  ];
  expect(format(['n', 'text', 'real'], rows)).toEqual([
    '  n  | text |  real',
    '-----+------+---------',
    '   1 | a    | 1.5e-05',
    '     | NaN  |     -10',
    ' 100 |      |     NaN',
    '(3 rows)',
  ]);
});

test('digits in a column of text stand at the left', () => {
  const result = {
    columns: ['a', 'b'],
    numeric: [1],
    rows: [
      ['1', '1'],
      ['10', '10'],
    ],
    rowCount: 2,
  };
  const lines = formatResult(result, { width: 40, expanded: 'off', style: plain }).split('\n');
  expect(lines.slice(2, 4)).toEqual([' 1  |  1', ' 10 | 10']);
});

describe('expanded', () => {
  // As psql 15 prints them.
  test.each<[string, string[], Rows, string[]]>([
    [
      'a value of several lines',
      ['a', 'longer_name'],
      [['1', 'x\ny']],
      ['-[ RECORD 1 ]--', 'a           | 1', 'longer_name | x+', '            | y'],
    ],
    ['a short record', ['a'], [['1'], [null]], ['-[ RECORD 1 ]', 'a | 1', '-[ RECORD 2 ]', 'a |']],
    [
      'long values',
      ['a', 'abcdefghijklmnop'],
      [['x'.repeat(30), '2']],
      [
        '-[ RECORD 1 ]----+-------------------------------',
        `a                | ${'x'.repeat(30)}`,
        'abcdefghijklmnop | 2',
      ],
    ],
    [
      'a long name',
      ['abcdefghijklmnopq', 'b'],
      [['1', '2']],
      ['-[ RECORD 1 ]-----+--', 'abcdefghijklmnopq | 1', 'b                 | 2'],
    ],
    ['no rows', ['a'], [], ['(0 rows)']],
  ])('%s', (_name, columns, rows, lines) => {
    expect(format(columns, rows, { expanded: 'on' })).toEqual(lines);
  });

  test.each<[string, Expanded, number, boolean]>([
    ['where the table is wider than the screen', 'auto', 12, true],
    ['not where it just fits', 'auto', 13, false],
    ['always, if it is on', 'on', 100, true],
    ['never, if it is off', 'off', 5, false],
  ])('%s', (_name, expanded, width, isExpanded) => {
    const [first] = format(['a', 'b'], [['123', '12345']], { expanded, width });
    expect(first?.startsWith('-[ RECORD 1 ]')).toBe(isExpanded);
  });

  test('never of a single column by itself: it would gain nothing', () => {
    expect(format(['a'], [['x'.repeat(50)]])[0]).toMatch(/^ +a$/);
  });
});

test('a title stands above the middle', () => {
  expect(format(['a', 'b'], [['12345', '1']], { title: 'Title' })[0]).toBe('   Title');
  expect(format(['a'], [['1']], { title: 'A long title', expanded: 'on' })[0]).toBe('A long title');
});

test('it says how many rows are not shown', () => {
  const options = { width: 80, expanded: 'auto', style: plain } as const;
  const text = formatResult({ columns: ['a'], rows: [['1']], rowCount: 20 }, options);
  expect(text).toContain('(20 rows)\nOnly the first 1 of 20 rows are shown.');
});

test('control characters cannot reach the terminal', () => {
  for (const expanded of ['on', 'off'] as const) {
    const text = format(['a\x1b[2J'], [['\x1b]0;x\x07']], { expanded }).join('\n');
    expect(text).toContain('\\x1B[2J');
    expect(text).not.toContain('\x1b');
  }
});
