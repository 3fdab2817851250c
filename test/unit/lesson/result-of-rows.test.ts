import { expect, test } from 'vitest';
import { createResultMatcher } from '../../../runner/lesson/result.ts';
import { resultOf } from '../../../runner/lesson/result-of-rows.ts';

const place = { file: 'a.md', line: 1 };

function matches(
  expected: readonly (string | null)[],
  actual: readonly (string | null)[],
  columns: readonly string[] = ['a', 'b'],
): boolean {
  const matcher = createResultMatcher(resultOf(['a', 'b'], [expected], place), columns, { ordered: true });
  matcher.push(actual);
  return matcher.finish() === undefined;
}

test('rows match rows of the same cells, in any order of the columns', () => {
  expect(matches(['1', null], ['1', ''])).toBe(true);
  expect(matches(['1', '2'], ['2', '1'], ['b', 'a'])).toBe(true);
  expect(matches(['1', '2'], ['1', '3'])).toBe(false);
});

test.each(['*', '...', '\\*', '\\...'])('the cell %s matches itself alone', (cell) => {
  expect(matches([cell, 'x'], [cell, 'x'])).toBe(true);
  expect(matches([cell, 'x'], ['y', 'x'])).toBe(false);
});
