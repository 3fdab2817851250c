// Reads `course.yml` in a folder of lessons.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type CourseSettings, courseFile } from '../lesson/course-settings.ts';
import { readIfThere } from '../system/files.ts';
import { lessonId } from './course.ts';

/** Empty where there is no such file. @throws LessonError with the mistakes in it. */
export async function readCourseSettings(dir: string, cwd: string): Promise<CourseSettings> {
  const file = path.join(dir, courseFile);
  const text = await readIfThere(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (text === undefined) return {};
  const { parseCourseSettings } = await import('../lesson/course-settings.ts');
  const relative = path.relative(cwd, file);
  return parseCourseSettings(relative.startsWith('..') ? file : relative, text);
}

/** A `course.yml` beside the folder of lessons, where nobody reads it; a folder of lessons around this one has its own. */
export async function misplacedSettings(dir: string): Promise<string | undefined> {
  const around = path.dirname(path.resolve(dir));
  const names = await readdir(around).catch((): string[] => []);
  const isCourse = names.some((name) => lessonId(name) !== undefined);
  return names.includes(courseFile) && !isCourse ? path.join(around, courseFile) : undefined;
}
