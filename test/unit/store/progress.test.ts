// The learner's progress as a file.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { learnerFolder } from '../../../runner/store/learner-folder.ts';
import { changeProgress, readProgress, standingOf } from '../../../runner/store/progress.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lesson progress '));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const folder = (course = 'lessons') => learnerFolder({ dir: path.join(dir, course) });
const exercise = { status: 'solved', attempts: 2, hints: 1, sawSolution: false, at: '2026-01-01' } as const;

test('it is kept beside the course, by course and lesson', async () => {
  await changeProgress(await folder(), '01-a', (before) => ({ ...before, next: 'one/1' }));
  await changeProgress(await folder('de'), '01-a', (before) => ({ ...before, status: 'passed' }));
  await changeProgress(await folder(), '02-b', (before) => ({ ...before, exercises: { 'two/1': exercise } }));
  expect(await readProgress(await folder())).toEqual({
    '01-a': { exercises: {}, next: 'one/1' },
    '02-b': { exercises: { 'two/1': exercise } },
  });
  expect(await readProgress(await folder('de'))).toEqual({ '01-a': { exercises: {}, status: 'passed' } });
  expect(await readdir(dir)).toEqual(['.lesson']);
});

test('what is noted at the same time is all kept', async () => {
  const own = await folder();
  const lessons = ['01-a', '02-b', '03-c'];
  await Promise.all(lessons.map((id) => changeProgress(own, id, (before) => ({ ...before, next: id }))));
  expect(Object.keys(await readProgress(own)).sort()).toEqual(lessons);
  expect(await readdir(path.join(own.dir, 'locks'))).toEqual([]);
});

test('a lesson can be forgotten', async () => {
  await changeProgress(await folder(), '01-a', (before) => ({ ...before, status: 'passed' }));
  await changeProgress(await folder(), '01-a', () => undefined);
  expect(await readProgress(await folder())).toEqual({});
});

test.each([
  '{"format": 1',
  '{"format": 2, "courses": {}}',
  '{"format": 1, "courses": {"lessons": {"01-a": 1}}}',
])('a damaged file is set aside: %s', async (text) => {
  const file = path.join(dir, '.lesson', 'progress.json');
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await mkdir(path.dirname(file));
  await writeFile(file, text);
  expect(await readProgress(await folder())).toEqual({});
  expect(await readFile(`${file}.damaged`, 'utf8')).toBe(text);
  expect(stderr).toHaveBeenCalledOnce();
  stderr.mockRestore();
});

test('one that was set aside before stays', async () => {
  const file = path.join(dir, '.lesson', 'progress.json');
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await mkdir(path.dirname(file));
  for (const text of ['first', 'second', 'third']) {
    await writeFile(file, text);
    await readProgress(await folder());
  }
  const kept = await Promise.all(['', '-2', '-3'].map((end) => readFile(`${file}.damaged${end}`, 'utf8')));
  expect(kept).toEqual(['first', 'second', 'third']);
  stderr.mockRestore();
});

test('of an installed package it is in the state folder', async () => {
  const { dir: where } = await learnerFolder({
    dir: path.join(dir, 'node_modules', 'pg-lessons', 'lessons'),
  });
  expect(where).not.toContain('node_modules');
  const same = await learnerFolder({ dir: path.join(dir, 'node_modules', 'pg-lessons', 'lessons/') });
  expect(same.dir).toBe(where);
});

test('answers of a course beside another have a folder of their own', async () => {
  expect((await folder()).answersOf('01-a')).toBe(path.join(dir, '.lesson', 'answers', '01-a'));
  expect((await folder('de')).answersOf('01-a')).toBe(path.join(dir, '.lesson', 'de', 'answers', '01-a'));
});

test('a lesson is passed where every exercise was solved without its solution', () => {
  const exercises = {
    a: exercise,
    b: { ...exercise, sawSolution: true },
    c: { ...exercise, status: 'skipped' },
  } as const;
  expect(standingOf({ exercises }, ['a'])).toBe('passed');
  expect(standingOf({ exercises }, ['a', 'b'])).toBe('helped');
  expect(standingOf({ exercises }, ['a', 'b', 'c'])).toBe('skipped');
  expect(standingOf({ exercises }, ['a', 'd'])).toBe('skipped');
  expect(standingOf({ exercises: {} }, [])).toBe('passed');
});
