import { expect, test } from 'vitest';
import type { Diagnostic, Rule } from '../../../runner/lesson/diagnostic.ts';
import { withoutTurnedOff } from '../../../runner/lesson/lint-off.ts';

const file = 'lessons/01-a.md';
const at = (line: number, rule: Rule): Diagnostic => ({
  level: 'warning',
  rule,
  place: { file, line },
  message: 'm',
});

const lines = [
  '<!-- lint off: node-name, size -->', // 1
  '',
  '```result', // 3
  ' a',
  '---',
  ' worker-1',
  '```', // 7
  'Prose.', // 8
];
const left = (found: readonly Diagnostic[], text = lines.join('\n')) =>
  withoutTurnedOff(found, { file, text }).map(({ rule, place }) => `${place.line} ${rule}`);

test('a rule is off for the whole fence that follows, and only there', () => {
  expect(left([at(3, 'size'), at(6, 'node-name'), at(7, 'node-name'), at(8, 'node-name')])).toEqual([
    '8 node-name',
  ]);
});

test('another rule is not off', () => {
  expect(left([at(6, 'inexact-number')])).toEqual(['6 inexact-number']);
});

test('above prose it is for one line', () => {
  const text = '<!-- lint off: link -->\n[a](b)\n[c](d)';
  expect(left([at(2, 'link'), at(3, 'link')], text)).toEqual(['3 link']);
});

test('a rule that does not exist is named', () => {
  expect(withoutTurnedOff([], { file, text: '<!-- lint off: nod-name -->\ntext' })).toMatchObject([
    {
      rule: 'unknown-rule',
      place: { line: 1 },
      message: expect.stringContaining('did you mean "node-name"?'),
    },
  ]);
});
