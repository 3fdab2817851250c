import { describe, expect, test } from 'vitest';
import { matchError, matchOutput } from '../../../runner/lesson/match.ts';

const place = { file: 'a.md', line: 10 };

describe('an error', () => {
  const actual = { sqlstate: '0A000', message: 'cannot create constraint on "t"' };
  test.each([
    [{ sqlstate: '0A000', message: 'cannot create constraint' }, true],
    [{ sqlstate: '0A' }, true],
    [{ message: 'constraint on "t"' }, true],
    [{ sqlstate: '0A001' }, false],
    [{ sqlstate: 'A0' }, false],
    [{ message: 'Cannot create' }, false],
    [{ sqlstate: '0A', message: 'other' }, false],
  ])('%j is the expected one: %s', (expected, passed) => {
    expect(matchError({ kind: 'error', place, ...expected }, actual)).toBe(passed);
  });
});

describe('an output', () => {
  const differ = (lines: string[], output: string) => {
    const found = matchOutput({ kind: 'output', place, lines }, output);
    return found && [found.place.line, found.expected, found.actual, found.line];
  };

  test.each([
    [['a', 'b'], 'a\nb\n'],
    [['a '], 'a  \r\n\n\n'],
    [[], ''],
    [[], '\n \n'],
    [['...'], ''],
    [['...'], 'a\nb'],
    [['a', '...', 'c'], 'a\nb\nc'],
    [['a', '...', 'c'], 'a\nc'],
    [['...', 'c', '...'], 'a\nb\nc\nd'],
    [['a', '...', 'b', 'c'], 'a\nb\nb\nc'],
    [['...', 'a', '...', 'b'], 'x\na\nb\na\nb'],
    [['\\...'], '...'],
    [['a', '', 'b'], 'a\n\nb'],
  ])('of the lines %j is %j', (lines, output) => {
    expect(differ(lines, output)).toBeUndefined();
  });

  test.each([
    [['a', 'b'], 'a\nc', [12, 'b', 'c', 2]],
    [['a', 'b'], 'a', [12, 'b', 'end of output', 2]],
    [['a'], 'a\n\u001bb', [10, 'end of output', '\\x1Bb', 2]],
    [[], 'a', [10, 'end of output', 'a', 1]],
    [['\\...'], 'x', [11, '\\...', 'x', 1]],
    [['a', '...', 'b', 'c'], 'a\nb\nd\nb\nx', [14, 'c', 'x', 5]],
    [['a', '...', 'z'], 'a\nb', [13, 'z', 'end of output', 3]],
    [['  a'], 'a', [11, '  a', 'a', 1]],
  ])('of the lines %j is not %j', (lines, output, difference) => {
    expect(differ(lines, output)).toEqual(difference);
  });
});
