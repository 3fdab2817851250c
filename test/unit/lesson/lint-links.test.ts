import { expect, test } from 'vitest';
import type { Diagnostic } from '../../../runner/lesson/diagnostic.ts';
import { lintLinks, outlineOf } from '../../../runner/lesson/lint-links.ts';

const lessons = new Map([
  ['01-first', outlineOf('# First\n\n## Count them')],
  ['02-second', outlineOf('# Second')],
]);

function lint(...lines: readonly string[]) {
  const found: Pick<Diagnostic, 'rule' | 'message' | 'fix'>[] = [];
  const exists = (file: string) => ['01-first.md', '02-second.md', 'a picture.png'].includes(file);
  const text = ['---', 'minutes: 5', '---', '# First', '', ...lines].join('\n');
  lintLinks(
    'lessons/01-first.md',
    outlineOf(text),
    { lessons, exists },
    (_level, rule, place, message, fix) =>
      found.push({ rule, message: `${place.line}: ${message}`, ...(fix && { fix }) }),
  );
  return found;
}

test('links that lead somewhere, and ids of lessons that are there', () => {
  const here = ['[a](02-second.md#second) and ![b](a%20picture.png)', '[c](#own) `02-second`', '', '## Own'];
  expect(lint(...here, '', '<https://example.com> [d](https://example.com/no.md#x)')).toEqual([]);
});

test('a link to a lesson that is not there, with the one that was meant', () => {
  expect(lint('Text', 'and [a](02-secnd.md).')).toEqual([
    {
      rule: 'link',
      message: '7: the link leads to "02-secnd.md", which does not exist; did you mean "02-second.md"?',
      fix: { find: '02-secnd.md', replace: '02-second.md' },
    },
  ]);
});

test('an anchor that no heading has', () => {
  expect(lint('[a](01-first.md#count-then)')).toEqual([
    {
      rule: 'link',
      message: '6: no heading has the anchor "count-then"; did you mean "count-them"?',
      fix: { find: '#count-then', replace: '#count-them' },
    },
  ]);
});

test('the id of a lesson that does not exist, in code only', () => {
  expect(lint('Not 09-other, but `09-other`.')).toEqual([
    { rule: 'lesson-id', message: '6: there is no lesson "09-other"' },
  ]);
});

test('anchors are those of all headings, without markup', () => {
  expect(outlineOf('# A `b`\n\n### C, *d*\n\n```\n# no\n```').anchors).toEqual(['a-b', 'c-d']);
});
