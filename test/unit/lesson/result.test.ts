import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createResultMatcher } from '../../../runner/lesson/result.ts';
import type { ResultExpectation } from '../../../runner/lesson/types.ts';

type Row = readonly (string | null)[];

const file = 'a.md';

/** Row n stands in line n. */
function expectation(
  columns: string[],
  rows: readonly (readonly string[])[],
  rest: Partial<ResultExpectation> = {},
): ResultExpectation {
  return {
    kind: 'result',
    place: { file, line: 100 },
    columns,
    rows: rows.map((cells, i) => ({ cells, place: { file, line: i + 1 } })),
    open: false,
    ...rest,
  };
}

function match(
  expected: ResultExpectation,
  rows: Iterable<Row>,
  { ordered = false, columns = expected.columns } = {},
) {
  const matcher = createResultMatcher(expected, columns, { ordered });
  for (const row of rows) matcher.push(row);
  return matcher.finish();
}

/** What differs, in short: changed as `line/row: column expected→actual`, missing lines, unexpected row numbers. */
function differ(...args: Parameters<typeof match>) {
  const found = match(...args);
  if (found === undefined) return undefined;
  return {
    changed: found.changed.map(
      ({ expected, actual, cells }) =>
        `${expected.place.line}/${actual.row}: ${cells.map((cell) => `${cell.column} ${cell.expected}→${cell.actual}`).join(', ')}`,
    ),
    missing: found.missing.map(({ place }) => place.line),
    unexpected: found.unexpected.map(({ row }) => row),
  };
}

const ab = ['a', 'b'];

describe('a result is as the lesson says', () => {
  test.each([
    ['with the same rows', [['1', 'x']], [['1', 'x']]],
    [
      'with NULL or nothing for a blank cell',
      [
        ['', ''],
        ['1', ''],
      ],
      [
        [null, ''],
        ['1', null],
      ],
    ],
    ['with blanks around a value', [['x', 'y z']], [[' x ', '\n y z ']]],
    ['with blanks at the end of a line', [['x\ny', '']], [['x  \ny ', ' ']]],
    [
      'with anything for a star, NULL too',
      [
        ['*', '*'],
        ['1', '*'],
      ],
      [
        ['1', null],
        [null, '5'],
      ],
    ],
    ['with the text of a star and of dots', [['\\*', '\\...']], [['*', '...']]],
    ['with a control character as it is shown', [['\\x1B', 'x\\ty']], [['\u001b', 'x\ty']]],
    ['with no rows', [], []],
  ])('%s', (_, expected, actual) => {
    expect(match(expectation(ab, expected), actual)).toBeUndefined();
    expect(match(expectation(ab, expected), actual, { ordered: expected.length < 2 })).toBeUndefined();
  });

  test('in any order where order does not count, and only there', () => {
    const expected = expectation(['a'], [['1'], ['2'], ['2']]);
    expect(match(expected, [['2'], ['1'], ['2']])).toBeUndefined();
    expect(match(expected, [['2'], ['1'], ['2']], { ordered: true })).toBeDefined();
  });

  test('with its columns in any order; equal names from left to right', () => {
    const expected = expectation(['n', 'a', 'n'], [['1', 'x', '2']]);
    expect(match(expected, [['1', '2', 'x']], { columns: ['n', 'n', 'a'] })).toBeUndefined();
    expect(match(expected, [['2', '1', 'x']], { columns: ['n', 'n', 'a'] })).toBeDefined();
  });

  test('where it goes on after the dots: starts with the rows in order, contains them without', () => {
    const open = expectation(['a'], [['1'], ['2']], { open: true });
    expect(match(open, [['1'], ['2'], ['3']], { ordered: true })).toBeUndefined();
    expect(match(open, [['0'], ['1'], ['2']], { ordered: true })).toBeDefined();
    expect(match(open, [['2'], ['0'], ['1']])).toBeUndefined();
    expect(match(open, [['1'], ['0'], ['1']])).toBeDefined();
  });

  test('with as many rows as it says, where not all are listed', () => {
    const open = expectation(['a'], [['1']], { open: true, rowCount: 3 });
    expect(match(open, [['1'], ['2'], ['3']])).toBeUndefined();
    expect(match(open, [['1'], ['2']])?.rowCount).toEqual({ expected: 3, isAtLeast: false, actual: 2 });
    expect(match(expectation([], [], { open: true, rowCount: 2 }), [[], []])).toBeUndefined();
    expect(match(expectation([], [], { open: true, rowCount: 2 }), [[]])).toBeDefined();
  });

  test('where a hasty choice among stars would leave a row over', () => {
    const expected = expectation(ab, [
      ['*', 'x'],
      ['1', '*'],
      ['1', 'x'],
    ]);
    expect(
      match(expected, [
        ['1', 'x'],
        ['1', 'x'],
        ['1', 'y'],
      ]),
    ).toBeUndefined();
    expect(
      match(expected, [
        ['1', 'x'],
        ['1', 'x'],
        ['2', 'x'],
      ]),
    ).toBeUndefined();
    expect(
      match(expected, [
        ['1', 'y'],
        ['2', 'x'],
        ['1', 'x'],
      ]),
    ).toBeUndefined();
    expect(
      match(expected, [
        ['1', 'y'],
        ['1', 'y'],
        ['1', 'x'],
      ]),
    ).toBeDefined();
  });
});

describe('a difference', () => {
  test('names the fence, the columns and the counts', () => {
    expect(match(expectation(ab, [['1', '2']]), [])).toEqual({
      place: { file, line: 100 },
      columns: ab,
      missingColumns: [],
      unexpectedColumns: [],
      rowCount: { expected: 1, isAtLeast: false, actual: 0 },
      changed: [],
      missing: [{ cells: ['1', '2'], place: { file, line: 1 } }],
      unexpected: [],
      missingCount: 1,
      unexpectedCount: 0,
    });
  });

  test('of columns compares no rows', () => {
    expect(
      match(
        expectation(ab, [['1', '2']]),
        [
          ['1', '2'],
          ['3', '4'],
        ],
        { columns: ['a', 'c'] },
      ),
    ).toMatchObject({
      missingColumns: ['b'],
      unexpectedColumns: ['c'],
      rowCount: { expected: 1, actual: 2 },
      changed: [],
      missingCount: 0,
      unexpectedCount: 0,
    });
    expect(match(expectation(['a'], []), [], { columns: ['a', 'a'] })).toMatchObject({
      unexpectedColumns: ['a'],
    });
  });

  test('of ordered rows is told row by row', () => {
    const expected = expectation(ab, [
      ['1', 'x'],
      ['2', 'y'],
      ['3', 'z'],
    ]);
    const rows = [
      ['1', 'x'],
      ['5', 'w'],
    ];
    expect(differ(expected, rows, { ordered: true })).toEqual({
      changed: ['2/2: a 2→5, b y→w'],
      missing: [3],
      unexpected: [],
    });
    expect(differ(expectation(ab, [['1', 'x']]), rows, { ordered: true })).toEqual({
      changed: [],
      missing: [],
      unexpected: [2],
    });
  });

  test.each([
    ['a missing row', ['a1', 'b2', 'c3', 'd4'], ['b2', 'c3', 'd4'], { missing: [1] }],
    ['a row too many', ['a1', 'b2', 'c3'], ['a1', 'x9', 'b2', 'c3'], { unexpected: [2] }],
    ['one of each', ['a1', 'b2', 'c3', 'd4'], ['b2', 'c3', 'd4', 'e5'], { missing: [1], unexpected: [4] }],
    ['a changed row', ['a1', 'b2', 'c3'], ['a1', 'b7', 'c3'], { changed: ['2/2: b 2→7'] }],
    [
      'changed rows after a missing one',
      ['a1', 'b2', 'c3'],
      ['b7', 'c8'],
      { missing: [1], changed: ['2/1: b 2→7', '3/2: b 3→8'] },
    ],
    [
      'rows with nothing in common',
      ['a1', 'b2'],
      ['x8', 'y9'],
      { changed: ['1/1: a a→x, b 1→8', '2/2: a b→y, b 2→9'] },
    ],
    ['a row in another place', ['a1', 'b2', 'c3'], ['b2', 'c3', 'a1'], { changed: ['1/3: '] }],
    ['equal rows, one of them missing', ['a1', 'a1', 'b2'], ['a1', 'b2'], { missing: [2] }],
    ['stars', ['*1', 'b*', '**', 'd4'], ['b2', 'c3', 'd4'], { missing: [1] }],
  ])('of ordered rows is no more than %s', (_, expected, actual, only) => {
    const rows = (texts: string[]) => texts.map((text) => [...text]);
    expect(differ(expectation(ab, rows(expected)), rows(actual), { ordered: true })).toEqual({
      changed: [],
      missing: [],
      unexpected: [],
      ...only,
    });
  });

  test('of ordered rows before the dots leaves the rest alone', () => {
    const open = expectation(['a'], [['1'], ['2'], ['3']], { open: true });
    const rest = Array.from({ length: 5000 }, (_, i) => [`${i + 4}`]);
    const of = (...first: string[]) => differ(open, [...first.map((a) => [a]), ...rest], { ordered: true });
    expect(of('1', '3')).toEqual({ changed: [], missing: [2], unexpected: [] });
    expect(of('1', '0', '2', '3')).toEqual({ changed: [], missing: [], unexpected: [2] });
    expect(of('1', '2', '0')).toEqual({ changed: ['3/3: a 3→0'], missing: [], unexpected: [] });
  });

  test('of many ordered rows is aligned too, and where that would take too long told by place', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => [`${i}`]);
    const expected = expectation(['a'], rows);
    expect(differ(expected, rows.slice(1), { ordered: true })).toEqual({
      changed: [],
      missing: [1],
      unexpected: [],
    });
    const others = rows.map(([a]) => [`${a}!`]);
    expect(match(expected, others, { ordered: true })).toMatchObject({
      changed: { length: 50 },
      missingCount: 20_000,
      unexpectedCount: 20_000,
    });
  });

  test('of rows in no order puts a missing row beside the one most like it', () => {
    const expected = expectation(
      ['a', 'b', 'c'],
      [
        ['1', 'x', 'p'],
        ['2', 'y', 'q'],
        ['3', 'z', 'r'],
      ],
    );
    const rows = [
      ['2', '!', '!'],
      ['9', '9', '9'],
      ['1', '?', 'p'],
      ['2', 'y', '!'],
    ];
    expect(differ(expected, rows)).toEqual({
      changed: ['1/3: b x→?', '2/4: c q→!'],
      missing: [3],
      unexpected: [1, 2],
    });
  });

  test('of one row puts the two beside each other though they share nothing', () => {
    expect(differ(expectation(['n'], [['4']]), [['5']])).toEqual({
      changed: ['1/1: n 4→5'],
      missing: [],
      unexpected: [],
    });
    expect(differ(expectation(['n'], [['4'], ['6']]), [['5'], ['7']])).toEqual({
      changed: [],
      missing: [1, 2],
      unexpected: [1, 2],
    });
  });

  test('of one row leaves it alone where there are several to choose from that share nothing', () => {
    expect(differ(expectation(['n'], [['4']]), [['5'], ['6']])).toEqual({
      changed: [],
      missing: [1],
      unexpected: [1, 2],
    });
  });

  test('gives cells that are safe to show, in the order of the lesson', () => {
    const found = match(expectation(ab, [['1', '2']]), [['\u001b', '1']], { columns: ['b', 'a'] });
    expect(found!.changed[0]!.actual).toEqual({ row: 1, cells: ['1', '\\x1B'] });
  });

  test.each([true, false])('keeps fifty rows of each kind, and counts all (ordered: %s)', (ordered) => {
    const expected = expectation(
      ab,
      Array.from({ length: 70 }, (_, i) => [`e${i}`, 'x']),
    );
    const rows = Array.from({ length: 200 }, (_, i) => [`a${i}`, 'y']);
    const found = match(expected, rows, { ordered })!;
    expect([found.missingCount, found.unexpectedCount]).toEqual([70, 200]);
    expect(Math.max(found.changed.length, found.missing.length, found.unexpected.length)).toBe(50);
    expect(match(expected, [], { ordered })).toMatchObject({ missing: { length: 50 }, missingCount: 70 });
    expect(match(expectation(ab, []), rows, { ordered })).toMatchObject({
      unexpected: { length: 50 },
      unexpectedCount: 200,
    });
  });
});

describe('matching rows without order', () => {
  const letter = fc.constantFrom('a', 'b', 'c');
  const actualRow = fc.tuple(letter, letter);
  const expectedRow = fc.tuple(fc.oneof(letter, fc.constant('*')), fc.oneof(letter, fc.constant('*')));

  test('finds as many matches as trying all ways does', () => {
    const rows = fc.array(actualRow, { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(expectedRow, { maxLength: 6 }), rows, fc.boolean(), (expected, actual, open) => {
        const found = match(expectation(ab, expected, { open }), actual);
        const most = mostMatches(expected, actual);
        expect(found?.missingCount ?? 0).toBe(expected.length - most);
        expect(found?.unexpectedCount ?? 0).toBe(open ? 0 : actual.length - most);
      }),
      { numRuns: 2000 },
    );
  });

  function mostMatches(expected: readonly Row[], actual: readonly Row[]): number {
    const [row, ...rest] = actual;
    if (row === undefined) return 0;
    const without = mostMatches(expected, rest);
    return expected.reduce((most, pattern, i) => {
      if (!pattern.every((cell, j) => cell === '*' || cell === row[j])) return most;
      return Math.max(
        most,
        1 +
          mostMatches(
            expected.filter((_, j) => j !== i),
            rest,
          ),
      );
    }, without);
  }

  test.each([
    ['exact rows', (i: number) => [`${i}`, 'x']],
    ['rows with a star', (i: number) => [`${i}`, '*']],
    ['equal rows with a star', () => ['*', 'x']],
    ['equal rows', () => ['1', 'x']],
  ])(
    'of many %s is not quadratic: it ends in time',
    (_, row) => {
      const expected = expectation(
        ab,
        Array.from({ length: 30_000 }, (_, i) => row(i)),
      );
      const actual = Array.from({ length: 30_000 }, (_, i) => [
        row(i)[0]!.replace('*', `${i}`),
        'x',
      ]).reverse();
      expect(match(expected, actual)).toBeUndefined();
      expect(match(expected, [...actual.slice(1), ['?', '?'], ...actual.slice(1)])).toBeDefined();
    },
    20_000,
  );

  test('of many rows that find no place asks each time anew only while one may be found', () => {
    const rows = Array.from({ length: 5000 }, () => ['*', 'x']);
    const matcher = createResultMatcher(expectation(ab, [...rows, ['no', 'no']], { open: true }), ab, {
      ordered: false,
    });
    for (let i = 0; i < 200_000; i++) matcher.push([`${i}`, 'x']);
    expect(matcher.finish()).toMatchObject({ missingCount: 1 });
  }, 20_000);

  test('tells what is changed in the order of the lesson', () => {
    const rows = [
      ['1', 'x', 'p'],
      ['2', 'y', 'q'],
    ];
    const actual = [
      ['2', 'y', '!'],
      ['1', 'x', '!'],
    ];
    expect(differ(expectation(['a', 'b', 'c'], rows), actual)!.changed).toEqual(['1/2: c p→!', '2/1: c q→!']);
    const wilder = [
      ['1', '*', 'p'],
      ['2', 'y', 'q'],
    ];
    expect(differ(expectation(['a', 'b', 'c'], wilder), actual)!.changed).toEqual([
      '1/2: c p→!',
      '2/1: c q→!',
    ]);
  });

  test('tells what is missing in the order of the lesson', () => {
    const expected = expectation(ab, [
      ['*', '1'],
      ['2', '2'],
      ['*', '*'],
      ['4', '4'],
    ]);
    expect(differ(expected, [])!.missing).toEqual([1, 2, 3, 4]);
  });
});

describe('memory', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');

  test.each([
    [
      'contains',
      [
        ['7', '*'],
        ['8', '*'],
        ['no', 'no'],
      ],
      true,
    ],
    ['is none of', [['no', 'no']], false],
  ])('does not grow with a result that %s the expected rows', (_, rows, open) => {
    const matcher = createResultMatcher(expectation(ab, rows, { open }), ab, { ordered: false });
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 100_000; i++) matcher.push([String(i % 1000), `value ${i}`]);
    collectGarbage();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2e6);
    expect(matcher.finish()).toBeDefined();
  });
});
