import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hashOf, readMistakes, writeMistakes } from '../../../runner/store/recorded-mistakes.ts';

async function lessonFile() {
  const dir = await mkdtemp(path.join(tmpdir(), 'lesson mistakes '));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return path.join(dir, '01-a.md');
}

test('what is written beside a lesson is read again', async () => {
  const file = await lessonFile();
  expect(await readMistakes(file)).toEqual([]);
  const mistakes = [{ hash: hashOf('SELECT 2'), failed: [{ title: 'value', actual: '2' }] }];
  await writeMistakes(file, mistakes);
  expect(await readMistakes(file)).toEqual(mistakes);
});

test.each(['{', '{}', '[null, {"hash": 1}]'])(
  'a file that says something else says nothing: %s',
  async (text) => {
    const file = await lessonFile();
    await writeFile(file.replace('.md', '.mistakes.json'), text);
    expect(await readMistakes(file)).toEqual([]);
  },
);
