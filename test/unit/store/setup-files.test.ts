import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LessonError } from '../../../runner/lesson/problem.ts';
import { readLessons } from '../../../runner/store/course.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'course-'));
  await mkdir(path.join(dir, 'course/lessons/setup'), { recursive: true });
  await writeFile(path.join(dir, 'course/lessons/setup/shop.sql'), 'CREATE TABLE shop ();');
  await writeFile(path.join(dir, 'course/shared.sql'), 'CREATE TABLE shared ();');
  await writeFile(path.join(dir, 'outside.sql'), 'CREATE TABLE outside ();');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function readWith(...init: readonly string[]) {
  const text = ['---', ...init, '---', '# A', '## S', ''].join('\n');
  await writeFile(path.join(dir, 'course/lessons/01-a.md'), text);
  const [lesson] = await readLessons(['lessons/01-a.md'], path.join(dir, 'course'));
  return lesson!.init.map(({ name, source }) => source ?? name);
}

const problemsOf = (...init: readonly string[]) =>
  readWith(...init).then(
    () => [],
    (error) => (error instanceof LessonError ? error.message.split('\n') : [`${error}`]),
  );

test('a file beside the lesson, and one in the folder around, are read; init.sql is the one that ships', async () => {
  expect(await readWith('init: [setup/shop.sql, init.sql, ../shared.sql]')).toEqual([
    { file: 'lessons/setup/shop.sql', text: 'CREATE TABLE shop ();' },
    'init.sql',
    { file: 'shared.sql', text: 'CREATE TABLE shared ();' },
  ]);
});

test('an own init.sql is named with its folder', async () => {
  await writeFile(path.join(dir, 'course/lessons/init.sql'), 'SELECT 1');
  expect(await readWith('init: ./init.sql')).toEqual([{ file: 'lessons/init.sql', text: 'SELECT 1' }]);
});

test('each file that cannot be read is named with its line', async () => {
  await mkdir(path.join(dir, 'course/lessons/folder.sql'));
  await symlink(path.join(dir, 'outside.sql'), path.join(dir, 'course/lessons/link.sql'));
  await writeFile(path.join(dir, 'course/lessons/big.sql'), Buffer.alloc(2_100_000, 'a'));
  const names = ['shop.sql', '../../outside.sql', 'link.sql', 'folder.sql', 'big.sql'];
  const where = 'it is neither in the folder of the lesson nor below the folder around that';
  const message = (line: number, name: string, why: string) =>
    `lessons/01-a.md:${line}: cannot read the file "${name}" of "init": ${why}; its path is relative to the lesson`;
  expect(await problemsOf('init:', ...names.map((name) => `  - ${name}`))).toEqual([
    message(3, 'shop.sql', 'it does not exist'),
    message(4, '../../outside.sql', where),
    message(5, 'link.sql', where),
    message(6, 'folder.sql', 'it is not a regular file'),
    message(7, 'big.sql', 'it has 2.1 MB, and it may have at most 2 MB'),
  ]);
});
