import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { htmlOf } from '../../../runner/export/html.ts';
import { recorded } from './recorded.ts';

const html = htmlOf(recorded, '2026-01-02');

test('what is not markup is text', () => {
  expect(html).toContain('<h1>A &#38; file</h1>');
  expect(html).toContain('<td>&#60;b&#62;</td>');
  expect(html).toContain('<th scope="col">a&#60;b</th>');
});

test('the policy lets in the style and the script of the file, and nothing from elsewhere', () => {
  for (const [tag, directive] of [
    ['style', 'style-src'],
    ['script', 'script-src'],
  ]) {
    const text = html.split(`<${tag}>`)[1]!.split(`</${tag}>`)[0]!;
    const hash = createHash('sha256').update(text).digest('base64');
    expect(html).toContain(`${directive} 'sha256-${hash}'`);
  }
  expect(html).toContain("default-src 'none'");
  expect(html.match(/\b(src|style)="/g)).toBeNull();
});

test('a link to another lesson is its words, and a picture is its text', () => {
  expect(html).toContain('<span>on</span>');
  expect(html).toContain('<a href="https://example.com/">there</a>');
  expect(html).toContain('a picture');
});

test('a block that never ran is there, without a result', () => {
  expect(html).toContain('<div class="cell skipped">');
  expect(html).toContain('2 of 3 rows');
});

test('the cluster is drawn after each step, with what was touched and what follows what', () => {
  expect(html.match(/<figure/g)).toHaveLength(3);
  expect(html.match(/class="tile hue-0 lit"/g)).toHaveLength(1);
  expect(html).toContain('class="follows"');
  expect(html).toContain('t: distributed by a');
});
