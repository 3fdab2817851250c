import { expect, test } from 'vitest';
import { renderMarkdown } from '../../../runner/report/markdown.ts';
import { coloured, plain } from '../../../runner/report/style.ts';

const render = (markdown: string, width = 40) => renderMarkdown(markdown, { style: plain, width });

test('paragraphs are wrapped at the width', () => {
  expect(render('one two three\nfour five', 13)).toBe('one two three\nfour five');
  expect(render('one two three four', 9)).toBe('one two\nthree\nfour');
});

test('paragraphs keep a blank line between them', () => {
  expect(render('one\n\ntwo')).toBe('one\n\ntwo');
});

test('punctuation stays with the word before it', () => {
  expect(render('run `SELECT 1`, then **stop**.')).toBe('run SELECT 1, then stop.');
});

test('links show where they lead', () => {
  expect(render('see [the docs](https://example.org/x) now')).toBe(
    'see the docs (https://example.org/x) now',
  );
});

test('lists have bullets, numbers and hanging lines', () => {
  expect(render('- one\n- two words\n\n1. first\n2. second', 8)).toBe(
    '• one\n• two\n  words\n\n1. first\n2. second',
  );
});

test('lists can be nested', () => {
  expect(render('- a\n  - b\n- c')).toBe('• a\n  • b\n• c');
});

test('quotations have a bar', () => {
  expect(render('> said')).toBe('│ said');
});

test('fences are shown as they are', () => {
  expect(render('```text\n a  b\n\nc\n```')).toBe('   a  b\n  \n  c');
});

test('tables are drawn without a count of rows', () => {
  expect(render('| a | b |\n|---|---|\n| 1 | 2 |')).toBe(' a | b\n---+---\n 1 | 2');
});

test('code and strong words are styled, and the colours do not count as width', () => {
  const text = renderMarkdown('`a` **b** c', { style: coloured, width: 5 });
  expect(text).toBe('\u001b[36ma\u001b[39m \u001b[1mb\u001b[22m c');
});
