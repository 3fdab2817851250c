// A diagram cannot be wrapped: on a narrow terminal it must fit as it is.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { shippedLessonsDir } from '../../../runner/paths.ts';

const widest = 60;

test('no diagram of a lesson is wider than 60 columns', async () => {
  const names = (await readdir(shippedLessonsDir)).filter((name) => name.endsWith('.md'));
  const tooWide = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(path.join(shippedLessonsDir, name), 'utf8');
      const diagrams = [...text.matchAll(/^```text\n(.*?)^```$/gms)].flatMap(([, body = '']) =>
        body.split('\n'),
      );
      return diagrams.filter((line) => line.length > widest).map((line) => `${name}: ${line}`);
    }),
  );
  expect(names.length).toBeGreaterThan(20);
  expect(tooWide.flat()).toEqual([]);
});
