// Reads `course.yml` in a folder of lessons.
import path from 'node:path';
import { type CourseSettings, courseFile } from '../lesson/course-settings.ts';
import { readIfThere } from '../system/files.ts';

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
