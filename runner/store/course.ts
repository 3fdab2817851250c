// A course: the folder of lessons that a command works on.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { decodeLesson } from '../lesson/decode.ts';
import { unknownWord } from '../lesson/nearest.ts';
import { parseLesson } from '../lesson/parse.ts';
import { LessonError } from '../lesson/problem.ts';
import type { Lesson } from '../lesson/types.ts';
import { shippedLessonsDir } from '../paths.ts';

export interface Course {
  readonly dir: string;
  /** In the order in which they are taught. */
  readonly ids: readonly string[];
}

/** Lessons are numbered, `01-cluster.md`; other markdown files (a README) may lie beside them. */
const lessonFile = /^\d+-[^/]*\.md$/;

/** `--lessons`, else `./lessons` where there is one, else the lessons that ship. */
export async function openCourse(dir: string | undefined, cwd: string): Promise<Course> {
  if (dir !== undefined) return listLessons(path.resolve(cwd, dir), dir);
  const own = path.join(cwd, 'lessons');
  try {
    const course = await listLessons(own, 'lessons');
    if (course.ids.length > 0) return course;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return listLessons(shippedLessonsDir, shippedLessonsDir);
}

async function listLessons(dir: string, shown: string): Promise<Course> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (cause) {
    throw new UserError(`cannot read the lessons folder "${shown}": ${(cause as Error).message}`, {
      code: 'usage',
      hint: 'Name a folder of lessons with --lessons DIR.',
      cause,
    });
  }
  const ids = names.filter((name) => lessonFile.test(name)).map((name) => name.slice(0, -'.md'.length));
  return { dir, ids: ids.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })) };
}

/** Throws a UserError for an unknown id, a LessonError with the mistakes of all of them together. */
export async function readLessons(course: Course, ids: readonly string[], cwd: string): Promise<Lesson[]> {
  for (const id of ids) {
    if (!course.ids.includes(id)) {
      throw new UserError(unknownWord('lesson', id, course.ids), {
        code: 'usage',
        hint: 'Run "lesson list" to see them.',
      });
    }
  }
  const lessons: Lesson[] = [];
  const problems = [];
  for (const id of ids) {
    try {
      lessons.push(await readLesson(path.join(course.dir, `${id}.md`), cwd));
    } catch (error) {
      if (!(error instanceof LessonError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new LessonError(problems);
  return lessons;
}

/** The file is named as the user would name it from where he stands. */
async function readLesson(file: string, cwd: string): Promise<Lesson> {
  const relative = path.relative(cwd, file);
  const shown = relative.startsWith('..') ? file : relative;
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new UserError(`cannot read the lesson ${shown}: ${cause.message}`, { code: 'lesson', cause });
  });
  return parseLesson(shown, decodeLesson(shown, bytes));
}
