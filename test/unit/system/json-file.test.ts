// A file of ours that has a copy: what damage to either of them leaves.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jsonFile } from '../../../runner/system/json-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lesson json '));
});
afterEach(() => rm(dir, { recursive: true }));

const isNumber = (value: unknown): value is number => typeof value === 'number';
const paths = () => ({ file: join(dir, 'one.json'), copy: join(dir, 'copy.json') });

function open() {
  const { file, copy } = paths();
  const said: string[] = [];
  return { said, ...jsonFile(file, { isValid: isNumber, report: (message) => said.push(message), copy }) };
}

test('a damaged file is set aside and restored from its copy', async () => {
  const { said, read, write } = open();
  const { file } = paths();
  await write(1);
  await write(2);
  await writeFile(file, '{');
  expect(await read()).toBe(2);
  expect(said).toEqual([
    `The file "${file}" was corrupted. It was renamed to "${file}.damaged", and restored from a copy.`,
  ]);
  expect(await readFile(file, 'utf8')).toBe('2\n');
  expect(await read()).toBe(2);
  expect(said).toHaveLength(1);
});

test('where the copy is damaged, too, there is nothing', async () => {
  const { said, read, write } = open();
  const { file, copy } = paths();
  await write(1);
  await writeFile(file, '{');
  await writeFile(copy, '"two"');
  expect(await read()).toBeUndefined();
  expect(said).toEqual([`The file "${file}" was corrupted. It was renamed to "${file}.damaged".`]);
});

test('a file that was removed is gone, whatever its copy says', async () => {
  const { read, write } = open();
  await write(1);
  await rm(paths().file);
  expect(await read()).toBeUndefined();
});
