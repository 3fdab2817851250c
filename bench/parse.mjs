// Parsing lessons, against markdown-it's own parse of the same text, and twice as many of them.
// @ts-check
import { readdir, readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import MarkdownIt from 'markdown-it';
import { parseLesson } from '../dist/lesson/parse.js';
import { shippedLessonsDir } from '../dist/paths.js';
import { medians } from './measure.mjs';

export async function parsing() {
  const names = (await readdir(shippedLessonsDir)).filter((name) => name.endsWith('.md'));
  const texts = await Promise.all(names.map((name) => readFile(`${shippedLessonsDir}/${name}`, 'utf8')));
  const markdown = new MarkdownIt();
  /** @param {number} count @param {(text: string) => unknown} parse */
  const all = (count, parse) => async () => {
    const started = performance.now();
    for (let n = 0; n < count; n += 1) parse(/** @type {string} */ (texts[n % texts.length]));
    return performance.now() - started;
  };
  /** @param {string} text */
  const lesson = (text) => parseLesson('lesson.md', text);
  const { thousand, twoThousand, plain } = await medians(5, {
    plain: all(1_000, (text) => markdown.parse(text, {})),
    thousand: all(1_000, lesson),
    twoThousand: all(2_000, lesson),
  });
  return [
    {
      what: 'parse 1,000 lessons',
      measured: `${thousand.toFixed(0)} ms`,
      baseline: `markdown-it ${plain.toFixed(0)} ms`,
      ratio: thousand / plain,
      target: '≤ 2.5',
    },
    {
      what: 'parse 2,000 lessons',
      measured: `${twoThousand.toFixed(0)} ms`,
      baseline: `1,000 lessons ${thousand.toFixed(0)} ms`,
      ratio: twoThousand / thousand,
      target: 'linear: 2',
    },
  ];
}
