// The learner's answer as a file, which an editor may change too.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { answerFile } from '../../../runner/store/answer-files.ts';
import { lessonOf, simulate } from '../session/simulation.ts';

const fence = (info: string) => `\`\`\`${info}\nx\n\`\`\``;
const exercise = simulate(
  lessonOf('## Spread the orders', fence('sql'), fence('sql {exercise}'), fence('sql {solution}')),
).state.plan.blocks[1]!;

async function open() {
  const dir = await mkdtemp(path.join(tmpdir(), 'lesson answers '));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const folder = { dir, course: 'lessons', answersOf: (lesson: string) => path.join(dir, 'answers', lesson) };
  return { dir, answer: answerFile(folder, '03-a', exercise) };
}

test('it is named after the step of its exercise', async () => {
  const { dir, answer } = await open();
  expect(answer.file).toBe(path.join(dir, 'answers', '03-a', 'spread-the-orders.sql'));
  expect(await answer.read()).toBeUndefined();
  await answer.keep('SELECT 1;\n');
  expect(await answer.read()).toBe('SELECT 1;\n');
});

test('what somebody else wrote is kept beside it', async () => {
  const { answer } = await open();
  await answer.keep('ours');
  await answer.keep('ours, later');
  expect(await readdir(path.dirname(answer.file))).toHaveLength(1);
  await writeFile(answer.file, 'theirs');
  await answer.keep('ours again');
  expect(await answer.read()).toBe('ours again');
  expect(await readFile(`${answer.file}~`, 'utf8')).toBe('theirs');
});

test('texts that come at the same time are kept one after the other', async () => {
  const { answer } = await open();
  const texts = Array.from({ length: 20 }, (_, at) => `text ${at}`);
  await Promise.all(texts.map((text) => answer.keep(text)));
  expect(await answer.read()).toBe('text 19');
  expect(await readdir(path.dirname(answer.file))).toHaveLength(1);
});
