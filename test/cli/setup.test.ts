// Lessons that start with SQL files of their course.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.remove());

const lesson = (init: string, sql: string, ...rest: readonly string[]) =>
  ['---', `init: ${init}`, '---', '# A', '## S', '```sql', sql, '```', ...rest, ''].join('\n');

beforeEach(async () => {
  folder = await sandbox.writeLessons({
    '01-a': lesson('setup/shop.sql', 'INSERT INTO shop VALUES (2);', '```check', 'rows: {shop: 2}', '```'),
    '02-b': lesson('[setup/shop.sql, init.sql]', 'SELECT n FROM shop;', '```result', 'n', '---', '1', '```'),
  });
  await mkdir(path.join(folder, 'setup'));
  await writeShop('CREATE TABLE shop (n int);', 'INSERT INTO shop VALUES (1)');
});

const writeShop = (...lines: readonly string[]) =>
  writeFile(path.join(folder, 'setup/shop.sql'), lines.join('\n'));

test('each lesson starts with the tables of its files, and lint finds no fault', async () => {
  expect(await sandbox.run('lint')).toMatchObject({
    exitCode: 0,
    stdout: expect.not.stringContaining('stray'),
  });
  const { exitCode, stdout } = await sandbox.run('check');
  expect(stdout).toContain('2 lessons: 2 passed');
  expect(exitCode).toBe(0);
});

test('a file that does not parse is an error of lint, and one that fails ends its lesson with its place', async () => {
  await writeShop('CREATE TABLE shop (n int);', 'SELEC 1;');
  expect(await sandbox.run('lint')).toMatchObject({
    exitCode: 2,
    stdout: expect.stringContaining('lessons/setup/shop.sql:2: syntax error at or near "SELEC" (sql)\n'),
  });
  await writeShop('CREATE TABLE shop (n int);', '', 'SELECT nosuch;');
  const { exitCode, stdout } = await sandbox.run('check', '2');
  expect(stdout).toContain('lessons/setup/shop.sql:3: column "nosuch" does not exist');
  expect(exitCode).toBe(1);
});
