import { expect, test } from 'vitest';
import { formatBadEnd, formatFailure, formatNotice } from '../../../runner/prompt/format-failure.ts';

const failure = (position: number) => ({ sqlstate: '42601', message: 'wrong', position });
const located = (sql: string, word: string) =>
  formatFailure(sql, failure([...sql.slice(0, sql.indexOf(word))].length + 1))
    .split('\n')
    .slice(1);

test.each([
  ['in the first line', 'SELECT * FRO t;', ['LINE 1: SELECT * FRO t;', '                 ^']],
  ['in a later line', 'SELECT 1,\n\n  FRO t\n;', ['LINE 3:   FRO t', '          ^']],
  [
    'after wide characters',
    "SELECT '東京 é' FRO t;",
    ["LINE 1: SELECT '東京 é' FRO t;", '                        ^'],
  ],
  ['after a tab', '\tSELECT\tFRO;', ['LINE 1:  SELECT FRO;', '                ^']],
  ['after CRLF', 'SELECT 1,\r\nFRO;', ['LINE 2: FRO;', '        ^']],
])('a caret stands below the position: %s', (_name, sql, lines) => {
  expect(located(sql, 'FRO')).toEqual(lines);
});

test('a long line is cut around the position', () => {
  const [line = '', caret = ''] = located(`SELECT ${'a, '.repeat(1_000)}FRO ${'b '.repeat(1_000)};`, 'FRO');
  expect(line).toMatch(/^LINE 1: \.\.\..*FRO b b b .*\.\.\.$/);
  expect(line.length).toBeLessThan(80);
  expect(line.slice(caret.length - 1)).toMatch(/^FRO/);
});

test('a failure is said in the order of psql', () => {
  const all = { ...failure(1), detail: 'D', hint: 'H', context: 'C' };
  expect(formatFailure('x', all)).toBe(
    'ERROR:  wrong\nLINE 1: x\n        ^\nDETAIL:  D\nHINT:  H\nCONTEXT:  C',
  );
  expect(formatFailure('x', { sqlstate: '1', message: 'a\x1b[2J' })).toBe('ERROR:  a\\x1b[2J');
});

test('a notice, and other bad ends', () => {
  expect(formatNotice({ severity: 'NOTICE', message: 'm', hint: 'h' })).toBe('NOTICE:  m\nHINT:  h');
  expect(formatBadEnd('x', { status: 'interrupted', ms: 1 })).toBe('The statement was canceled.');
  expect(formatBadEnd('x', { status: 'lost', message: 'gone', ms: 1 })).toContain('gone');
});
