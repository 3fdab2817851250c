import { expect, test } from 'vitest';
import { readDuration } from '../../../runner/lesson/duration.ts';

test.each([
  ['500ms', 500],
  ['5s', 5000],
  ['2.5s', 2500],
  ['2m', 120_000],
  ['1440m', 86_400_000],
  ['1441m', undefined],
  ['0s', undefined],
  ['0.1ms', undefined],
  ['5', undefined],
  ['5 s', undefined],
  ['-5s', undefined],
  ['5h', undefined],
  ['1e3s', undefined],
  ['.5s', undefined],
  ['', undefined],
])('the time "%s" is %s milliseconds', (text, ms) => {
  expect(readDuration(text)).toBe(ms);
});
