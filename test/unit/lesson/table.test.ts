import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { widthOf } from '../../../runner/lesson/cell.ts';
import { createResultMatcher } from '../../../runner/lesson/result.ts';
import { readResult } from '../../../runner/lesson/result-fence.ts';
import { formatTable, writeCell, writeName } from '../../../runner/lesson/table.ts';

const lines = (...args: Parameters<typeof formatTable>) => formatTable(...args).split('\n');

describe('a table', () => {
  test('is as psql prints it', () => {
    const rows = [
      ['1', 'one'],
      ['20', null],
    ];
    expect(lines(['id', 'a long name'], rows, { rightAligned: new Set([0]) })).toEqual([
      ' id | a long name',
      '----+-------------',
      '  1 | one',
      ' 20 |',
      '(2 rows)',
    ]);
  });

  test('has a plus where a cell goes on in the next line', () => {
    expect(lines(['a', 'b'], [['x\ny', 'p\n\nqq']])).toEqual([
      ' a | b',
      '---+----',
      ' x+| p +',
      ' y |   +',
      '   | qq',
      '(1 row)',
    ]);
  });

  test('shows control characters, so that data cannot take over a terminal', () => {
    expect(lines(['\n\u001b'], [['\u001b]0;x\u0007\t\r\u009b\u202e']])).toEqual([
      '           \\n\\x1B',
      '----------------------------',
      ' \\x1B]0;x\\x07\\t\\r\\x9B\\u202E',
      '(1 row)',
    ]);
  });

  test('is aligned for wide characters and combining marks', () => {
    expect(
      lines(
        ['a', 'b'],
        [
          ['日本', 'x'],
          ['e\u0301', 'y'],
        ],
      ),
    ).toEqual(['  a   | b', '------+---', ' 日本 | x', ' e\u0301    | y', '(2 rows)']);
    expect(['abc', '日本', 'e\u0301', '🐘', '⭐🟢', ''].map(widthOf)).toEqual([3, 4, 1, 2, 4, 0]);
  });

  test('may have no rows, no columns, or more rows than it shows', () => {
    expect(lines(['a'], [])).toEqual([' a', '---', '(0 rows)']);
    expect(lines([], [[], []])).toEqual(['--', '(2 rows)']);
    expect(lines(['a'], [['1']], { rowCount: 5000 })).toEqual([' a', '---', ' 1', '(5000 rows)']);
  });

  test('for a lesson escapes what a result fence would take for something else', () => {
    const cells = ['*', '...', 'a|b', '\\*', 'a*', 'C:\\'];
    expect(cells.map(writeCell)).toEqual(['\\*', '\\...', 'a\\|b', '\\\\*', 'a*', 'C:\\']);
  });
});

describe('a table for a lesson, read back', () => {
  const special = fc.constantFrom(
    '*',
    '...',
    '|',
    '\\',
    '+',
    '\n',
    ' ',
    '-',
    '(1 row)',
    '--',
    '\t',
    '\u001b',
    '日',
    '\u0301',
  );
  const text = fc.oneof(
    fc.array(fc.oneof(special, fc.string({ maxLength: 2 })), { maxLength: 5 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const cell = fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 8, arbitrary: text });
  const table = fc.integer({ min: 0, max: 3 }).chain((width) =>
    fc.record({
      columns: fc.array(text, { minLength: width, maxLength: width }),
      rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 5 }),
      ordered: fc.boolean(),
    }),
  );

  test('expects just the result it was made of, whatever the cells hold', () => {
    fc.assert(
      fc.property(table, ({ columns, rows, ordered }) => {
        const written = rows.map((row) => row.map(writeCell));
        const source = formatTable(columns.map(writeName), written);
        const problems: string[] = [];
        const place = { file: 'a.md', line: 1 };
        const expectation = readResult(source, place, (line, message) =>
          problems.push(`${line}: ${message}`),
        );
        expect(problems).toEqual([]);
        expect(expectation!.rows.flatMap(({ cells }) => cells)).not.toContain('*');
        const matcher = createResultMatcher(expectation!, columns, { ordered });
        for (const row of rows) matcher.push(row);
        expect(matcher.finish()).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});
