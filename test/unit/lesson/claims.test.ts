// docs/claims: what each lesson claims, and the blocks that prove it. The list is whole, and each block can fail.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import { shippedLessonsDir } from '../../../runner/paths.ts';

const claimsDir = join(shippedLessonsDir, '..', 'docs', 'claims');
const names = (await readdir(shippedLessonsDir)).filter((name) => name.endsWith('.md'));

test('each lesson has a list of its claims', async () => {
  expect(await readdir(claimsDir)).toEqual(expect.arrayContaining(names));
});

test.each(names)('what %s claims is proved by blocks that can fail', async (name) => {
  const { steps } = parseLesson(name, await readFile(join(shippedLessonsDir, name), 'utf8'));
  const blocks = steps.flatMap(({ parts }) => parts.filter((part) => part.kind !== 'prose'));
  const canFail = blocks
    .filter(({ expectations, state, prediction }) => expectations.length > 0 || state || prediction?.answer)
    .map(({ id }) => id);
  const rows = (await readFile(join(claimsDir, name), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) => line.split('|').at(-2)!.trim());
  expect(rows.length).toBeGreaterThan(5);
  for (const proof of rows) {
    if (proof.startsWith('not run here: ')) continue;
    const ids = [...proof.matchAll(/`([^`]+)`/g)].map(([, id]) => id);
    expect(ids, proof).not.toEqual([]);
    expect(canFail).toEqual(expect.arrayContaining(ids));
  }
});
