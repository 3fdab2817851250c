import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeNewLesson } from '../../../runner/store/new-lesson.ts';

test('a new lesson has a number of its own', async () => {
  const cwd = await mkdtemp(path.join(tmpdir(), 'lesson-new-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const make = (word: string) => writeNewLesson(word, 'lessons', cwd, (title) => `# ${title}\n`);
  expect(await make('03-tax-rates')).toBe('lessons/03-tax-rates.md');
  for (const word of ['03-third', '3-third']) {
    await expect(make(word)).rejects.toMatchObject({
      message: `"03-tax-rates" has the same number as "${word}"`,
      hint: 'The next number is 04: "lesson new 04-third".',
    });
  }
  expect(await make('third')).toBe('lessons/04-third.md');
  await expect(make('03-tax-rates')).rejects.toThrow('it exists already');
  expect(await readdir(path.join(cwd, 'lessons'))).toEqual(['03-tax-rates.md', '04-third.md']);
});
