// Parsing lessons, against markdown-it's own parse of the same text, and twice as many of them.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import MarkdownIt from 'markdown-it';
import { parseLesson } from '../runner/lesson/parse.ts';
import { shippedLessonsDir } from '../runner/paths.ts';
import { type Measure, medians } from './measure.ts';

export const parsing: Measure = async () => {
  const names = (await readdir(shippedLessonsDir)).filter((name) => name.endsWith('.md'));
  const texts = await Promise.all(names.map((name) => readFile(path.join(shippedLessonsDir, name), 'utf8')));
  const markdown = new MarkdownIt();
  const all = (count: number, parse: (text: string) => unknown) => async () => {
    const started = performance.now();
    for (let n = 0; n < count; n += 1) parse(texts[n % texts.length] ?? '');
    return performance.now() - started;
  };
  const lesson = (text: string) => parseLesson('lesson.md', text);
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
};
