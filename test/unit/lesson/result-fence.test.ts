import { describe, expect, test } from 'vitest';
import { expectationsOf, fence, oneStep, problemsOf } from './lesson-text.ts';

/** The text of the fence starts in line 9. */
function resultOf(...lines: string[]) {
  const [expectation] = expectationsOf(fence('result', ...lines));
  if (expectation?.kind !== 'result') throw new Error('no result');
  const { columns, rows, open, rowCount } = expectation;
  return { columns, rows: rows.map(({ cells }) => cells), open, rowCount };
}

function mistakesIn(...lines: string[]): string[] {
  return problemsOf(oneStep(fence('sql', 'SELECT 1'), fence('result', ...lines)));
}

const ab = (...rows: string[][]) => ({ columns: ['a', 'b'], rows, open: false, rowCount: undefined });

describe('a result', () => {
  test('is read as psql prints it', () => {
    const lines = [' a |  b  ', '---+-----', ' 1 | one', ' 2 | ', '(2 rows)', ''];
    expect(resultOf(...lines)).toEqual({ ...ab(['1', 'one'], ['2', '']), rowCount: 2 });
  });

  test('is read from a markdown table', () => {
    expect(resultOf('| a | b |', '|---|:-:|', '| 1 | one |', '| 2 |  |')).toEqual(
      ab(['1', 'one'], ['2', '']),
    );
    expect(resultOf('a | b', '-- | --', '1 | one')).toEqual(ab(['1', 'one']));
    expect(resultOf('| a |', '|---|', '|   |', '| x |')).toEqual({ ...ab([''], ['x']), columns: ['a'] });
  });

  test('of a header alone has no rows', () => {
    expect(resultOf('a | b')).toEqual(ab());
    expect(resultOf('| a | b |')).toEqual(ab());
    expect(resultOf(' a | b', '---+---')).toEqual(ab());
    expect(resultOf(' a | b', '---+---', '(0 rows)')).toEqual({ ...ab(), rowCount: 0 });
  });

  test('of rows without columns has their count', () => {
    expect(resultOf('--', '(3 rows)')).toEqual({ columns: [], rows: [], open: true, rowCount: 3 });
  });

  test('may have a bar in a cell, with a backslash', () => {
    expect(resultOf(' a  | b', '----+---', ' x\\|y | \\\\|')).toEqual(ab(['x|y', '\\|']));
  });

  test('may have a cell of several lines, as psql prints it', () => {
    const lines = [' a  | b ', '----+---', ' x +| p+', ' y  | q+', '    | r', ' z  | c'];
    expect(resultOf(...lines)).toEqual(ab(['x\ny', 'p\nq\nr'], ['z', 'c']));
  });

  test('keeps a plus that is no sign of another line', () => {
    expect(resultOf(' a  |  b  ', '----+-----', ' a+ | c++', ' +  | +')).toEqual(
      ab(['a+', 'c++'], ['+', '+']),
    );
  });

  test('knows the sign of another line under wide characters', () => {
    expect(resultOf(' a | b ', '---+------', ' 1 | 日本+', '   | x')).toEqual(ab(['1', '日本\nx']));
  });

  test('of one column has an empty line for a blank cell', () => {
    expect(resultOf(' a', '---', ' 1', '', ' 2', '', '(4 rows)').rows).toEqual([['1'], [''], ['2'], ['']]);
  });

  test.each([['...'], [' ...'], ['... | ...'], [' ... | ... ']])(
    'may end with the row %j: more rows',
    (line) => {
      expect(resultOf(' a | b', '---+---', ' 1 | 2', line)).toEqual({ ...ab(['1', '2']), open: true });
    },
  );

  test('may say how many rows there are where not all are listed', () => {
    expect(resultOf('| a |', '|---|', '| 1 |', '| ... |', '(5 rows)')).toMatchObject({
      open: true,
      rowCount: 5,
    });
  });

  test('keeps wildcards, and the texts that look like one', () => {
    const lines = ['| a |', '|---|', '| * |', '| \\* |', '| \\... |', '| \\\\* |'];
    expect(resultOf(...lines).rows).toEqual([['*'], ['\\*'], ['\\...'], ['\\\\*']]);
  });
});

describe('a mistake in a result', () => {
  test.each([
    [[''], '8: the result is empty; it starts with the names of the columns. "lesson update" fills it'],
    [['----', ' 1'], '9: the result starts with a line of dashes; the names of the columns stand above it'],
    [[' a', ' 1'], '10: under the names of the columns stands a line as ---+---, found "1"'],
    [[' a | b', '---+---', ' 1 | 2', ' 3'], '12: the row has 1 cell, the header 2'],
    [
      [' a | b', '---+---', ' 1 | 2 | 3'],
      '11: the row has 3 cells, the header 2; a bar in a cell is written \\|',
    ],
    [
      ['| a |', '|---|', '| 1 | 2 |'],
      '11: the row has 2 cells, the header 1; a bar in a cell is written \\|',
    ],
    [[' a', '---', ' 1', ' ...', ' 2'], '12: a row "..." may only be the last'],
    [[' a | b', '---+---', ' 1+| 2'], '11: the row ends with "+", but no line follows'],
    [[' a | b', '---+---', ' 1+| 2', ' x | y'], '12: the row above goes on here, but not in the cell "y"'],
    [
      [' a', '---', ' 1', '(2 rows)'],
      '12: "(2 rows)", but 1 row is listed; a last row "..." stands for more',
    ],
    [[' a', '(2 rows)'], '10: "(2 rows)", but 0 rows are listed; a last row "..." stands for more'],
    [
      [' a', '---', ' 1', ' 2', '...', '(1 row)'],
      '14: "(1 row)", but 2 rows are listed; a last row "..." stands for more',
    ],
  ])('%j', (lines, problem) => {
    expect(mistakesIn(...lines)).toEqual([problem]);
  });

  test('does not hide the mistakes in other rows', () => {
    expect(mistakesIn(' a | b', '---+---', ' 1', ' 1 | 2', ' 1', '(3 rows)')).toEqual([
      '11: the row has 1 cell, the header 2',
      '13: the row has 1 cell, the header 2',
    ]);
  });
});

describe('an error', () => {
  test.each([
    ['0A000: cannot create constraint', { sqlstate: '0A000', message: 'cannot create constraint' }],
    ['42: relation', { sqlstate: '42', message: 'relation' }],
    ['23505', { sqlstate: '23505' }],
    ['XX000:', { sqlstate: 'XX000' }],
    ['HV', { sqlstate: 'HV' }],
    ['cannot: create', { message: 'cannot: create' }],
    ['ERROR:  relation "x" does not exist', { message: 'relation "x" does not exist' }],
    ['ERROR: 42P01: relation', { sqlstate: '42P01', message: 'relation' }],
    ['WORLD: hello', { message: 'WORLD: hello' }],
    ['NO: hello', { message: 'NO: hello' }],
  ])('%s', (line, expected) => {
    const [expectation] = expectationsOf(fence('error', '', line, ''));
    const { kind, place, ...rest } = expectation!;
    expect({ kind, line: place.line, ...rest }).toEqual({ kind: 'error', line: 8, ...expected });
  });
});
