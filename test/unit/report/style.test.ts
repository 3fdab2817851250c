import { expect, test } from 'vitest';
import { milliseconds, printable, wantsColour } from '../../../runner/report/style.ts';

test.each([
  ['a terminal has colours', {}, true, true],
  ['a file has none', {}, false, false],
  ['NO_COLOR takes them away', { NO_COLOR: '1' }, true, false],
  ['NO_COLOR wins over FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  ['an empty NO_COLOR says nothing', { NO_COLOR: '' }, true, true],
  ['FORCE_COLOR brings them to a file', { FORCE_COLOR: '1' }, false, true],
  ['FORCE_COLOR=0 takes them away', { FORCE_COLOR: '0' }, true, false],
  ['a dumb terminal has none', { TERM: 'dumb' }, true, false],
])('%s', (_name, env, isTerminal, expected) => {
  expect(wantsColour(env, isTerminal)).toBe(expected);
});

test('control characters become visible, line ends and tabs stay', () => {
  expect(printable('a\tb\r\nc\u001b[31m\u0007\u009b')).toBe('a\tb\nc\\x1b[31m\\x07\\x9b');
});

test('times are as exact as they need to be', () => {
  expect([0.14, 123.4, 1_500].map(milliseconds)).toEqual(['0.1 ms', '123 ms', '1.5 s']);
});
