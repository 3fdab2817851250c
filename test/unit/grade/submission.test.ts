import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { expect, onTestFinished, test } from 'vitest';
import { readSubmissions } from '../../../runner/grade/read-submissions.ts';
import { readZip } from '../../../runner/grade/read-zip.ts';
import { readPath } from '../../../runner/grade/submission.ts';

test.each([
  ['ann/01-a/count.sql', 'ann'],
  ['./ann/01-a/count.sql', 'ann'],
  ['class/ann/01-a/count.sql', 'ann'],
  ['ann/.lesson/answers/01-a/count.sql', 'ann'],
  ['class/ann/.lesson/course/answers/01-a/count.sql', 'ann'],
])('%s is an answer', (file, student) => {
  expect(readPath(file)).toEqual({ student, lesson: '01-a', exercise: 'count' });
});

test.each(['count.sql', '01-a/count.sql', 'ann/01-a/notes.md', 'ann/01-a/.count.sql', 'ann/01-a/count.sql~'])(
  '%s is none',
  (file) => expect(readPath(file)).toBeUndefined(),
);

async function writeClass(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'class '));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
    await writeFile(path.join(dir, name), text);
  }
  return dir;
}

test('a folder is read in order, with students who handed in nothing, and without what links lead to', async () => {
  const dir = await writeClass({ 'bob/01-a/count.sql': 'B', 'ann/01-a/count.sql': 'A', 'readme.md': 'no' });
  await mkdir(path.join(dir, 'carl'));
  await symlink('/etc/passwd', path.join(dir, 'bob/01-a/link.sql'));
  const { all, students } = await readSubmissions(dir, '/');
  expect(students).toEqual(['ann', 'bob', 'carl']);
  expect(all.map(({ student, text }) => [student, text])).toEqual([
    ['ann', 'A'],
    ['bob', 'B'],
  ]);
});

test('one file is the answer of nobody in particular', async () => {
  const dir = await writeClass({ '01-a/count.sql': 'A' });
  const { all } = await readSubmissions('01-a/count.sql', dir);
  expect(all).toEqual([{ student: 'answer', lesson: '01-a', exercise: 'count', text: 'A' }]);
});

test('a zip is read as the folder in it', async () => {
  const dir = await writeClass({});
  const bytes = zipSync({ 'ann/01-a/count.sql': strToU8('A'), 'ann/photo.jpg': strToU8('…') });
  await writeFile(path.join(dir, 'class.zip'), bytes);
  const { all, students } = await readSubmissions('class.zip', dir);
  expect(students).toEqual(['ann']);
  expect(all).toEqual([{ student: 'ann', lesson: '01-a', exercise: 'count', text: 'A' }]);
});

test.each(['../ann/01-a/count.sql', '/etc/cron.d/x.sql', 'ann\\01-a\\count.sql', 'C:/x.sql'])(
  'a zip with the path %s is refused',
  (name) => {
    expect(() => readZip('class.zip', zipSync({ [name]: strToU8('A') }))).toThrow('leads out of it');
  },
);

test('a bomb is not unpacked', () => {
  const bomb = zipSync({ 'ann/01-a/count.sql': new Uint8Array(10_000_000) });
  expect(bomb.length).toBeLessThan(20_000);
  expect(() => readZip('class.zip', bomb)).toThrow('has more than 100 kB');
});

test('what is no zip says so', () => {
  expect(() => readZip('class.zip', strToU8('SELECT 1'))).toThrow('cannot read the zip "class.zip"');
});
