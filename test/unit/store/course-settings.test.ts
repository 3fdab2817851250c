import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { misplacedSettings } from '../../../runner/store/course-settings.ts';

test('a course.yml beside the folder of lessons is misplaced, unless lessons are there, too', async () => {
  const cwd = await mkdtemp(path.join(tmpdir(), 'lesson-settings-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const lessons = path.join(cwd, 'lessons');
  await mkdir(lessons);
  await writeFile(path.join(lessons, 'course.yml'), '');
  expect(await misplacedSettings(lessons)).toBeUndefined();
  await writeFile(path.join(cwd, 'course.yml'), '');
  expect(await misplacedSettings(lessons)).toBe(path.join(cwd, 'course.yml'));
  await writeFile(path.join(cwd, '01-a.md'), '');
  expect(await misplacedSettings(lessons)).toBeUndefined();
});
