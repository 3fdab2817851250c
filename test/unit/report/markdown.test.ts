import { describe, expect, test } from 'vitest';
import { widthOf } from '../../../runner/lesson/cell.ts';
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

describe('wide characters', () => {
  const widest = (text: string) => Math.max(...text.split('\n').map(widthOf));
  const chinese =
    '分布式表的每一行都属于一个分片，而每个分片都位于某个工作节点上。协调节点知道哪个分片在哪里。';

  test('take two columns, and lines break between them', () => {
    expect(render(chinese)).toBe(
      '分布式表的每一行都属于一个分片，而每个分\n片都位于某个工作节点上。协调节点知道哪个\n分片在哪里。',
    );
    expect(widest(render(`**${chinese}** \`citus_shards\` ${chinese}`))).toBeLessThanOrEqual(40);
  });

  test('keep closing marks at the end of a line, and opening ones at the start', () => {
    expect(render('一二三四，五六', 8)).toBe('一二三\n四，五六');
    expect(render('一二三「四五」', 8)).toBe('一二三\n「四五」');
  });

  test('get no blanks that the text does not have', () => {
    expect(render('用 `SELECT` 查询**分片**，然后停止')).toBe('用 SELECT 查询分片，然后停止');
    expect(render('| 表 |\n|---|\n| 分布式表 a |')).toBe('     表\n------------\n 分布式表 a');
  });

  test('leave words of letters whole, though they are longer than a line', () => {
    expect(render('见 https://example.org/a/long/path 吧', 12)).toBe(
      '见\nhttps://example.org/a/long/path\n吧',
    );
  });
});

test('the bar of a quotation takes no more room in color', () => {
  const text = renderMarkdown('> one two three', { style: coloured, width: 15 });
  expect(text.split('\n')).toHaveLength(1);
});
