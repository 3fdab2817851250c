import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readStates, statesFile, writeStates } from '../../../runner/store/recorded-states.ts';

async function lessonFile() {
  const dir = await mkdtemp(path.join(tmpdir(), 'lesson states '));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return path.join(dir, '01-a.md');
}

test('what is written beside a lesson is read again', async () => {
  const file = await lessonFile();
  expect(await readStates(file, '01-a.md')).toEqual({});
  const states = { 's/1': { workers: 2, nodes: [], tables: {}, objects: {} } };
  await writeStates(file, states);
  expect(await readStates(file, '01-a.md')).toEqual(states);
});

test.each(['{', '[]', '{"s/1": {}}'])('a file that says something else is a mistake: %s', async (text) => {
  const file = await lessonFile();
  await writeFile(statesFile(file), text);
  await expect(readStates(file, '01-a.md')).rejects.toThrow(
    '01-a.states.json:1: these are no recorded states',
  );
});
