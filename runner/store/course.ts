// A course: the folder of lessons that a command works on.
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { showName } from '../lesson/cell.ts';
import { courseFile } from '../lesson/course-settings.ts';
import { decodeLesson } from '../lesson/decode.ts';
import { unknownWord } from '../lesson/nearest.ts';
import { type ParseOptions, parseLesson } from '../lesson/parse.ts';
import { LessonError, type Problem } from '../lesson/problem.ts';
import type { Lesson } from '../lesson/types.ts';
import { shippedLessonsDir } from '../paths.ts';
import { readSetup } from './setup-files.ts';

export interface Course {
  readonly dir: string;
  /** In the order in which they are taught. */
  readonly ids: readonly string[];
  /** Markdown files that have no name of a lesson, as the user would name them. */
  readonly strays: readonly string[];
  /** There is nothing in the folder but its settings. */
  readonly isBegun: boolean;
}

const lessonFile = /^\d+-[^/]*\.md$/;
/** Undefined for a file that has not the name of a lesson. */
export const lessonId = (name: string): string | undefined =>
  lessonFile.test(name) ? name.slice(0, -'.md'.length) : undefined;

/** Of other files in the folder an author may think that they are lessons. A README is expected. */
const strayFile = /^(?!readme\.).*\.(md|markdown)$/i;

/** What the name of a lesson must be. */
export const lessonName = 'a lesson is NN-slug.md, such as 01-first-steps.md';

/** Far more than a lesson needs (the longest that ships has 25 kB), and still parsed within seconds. */
const MOST_BYTES = 2_000_000;

/**
 * `--lessons`, else `./lessons` where there is one, else the lessons that ship. A `./lessons` that is empty, or has nothing
 * but settings, is a course that its author has begun; a folder of other things is none.
 */
export async function openCourse(dir: string | undefined, cwd: string): Promise<Course> {
  if (dir !== undefined) return listLessons(path.resolve(cwd, dir), dir);
  let strays: readonly string[] = [];
  try {
    const own = await listLessons(path.join(cwd, 'lessons'), 'lessons');
    if (own.ids.length > 0 || own.isBegun) return own;
    strays = own.strays;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return { ...(await listLessons(shippedLessonsDir, shippedLessonsDir)), strays };
}

/** The id that a word means where only one is meant, of the course that is used without `--lessons`. */
export async function findLesson(word: string, cwd: string): Promise<string | undefined> {
  const meant = idsMeant((await openCourse(undefined, cwd)).ids, word);
  return meant.length === 1 ? meant[0] : undefined;
}

async function listLessons(dir: string, shown: string): Promise<Course> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (cause) {
    throw new UserError(`cannot read the lessons folder "${shown}": ${reasonOf(cause)}`, {
      code: 'usage',
      hint: 'Name a folder of lessons with --lessons DIR.',
      cause,
    });
  }
  const ids = names.flatMap((name) => lessonId(name) ?? []);
  const strays = names.filter((name) => strayFile.test(name) && !lessonFile.test(name)).sort();
  return {
    dir,
    ids: ids.sort(byNumber),
    strays: strays.map((name) => path.join(shown, name)),
    isBegun: names.every((name) => name === courseFile || name.startsWith('.')),
  };
}

const byNumber = (a: string, b: string): number =>
  Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1);

/**
 * The files of the lessons that these words mean, or of all. A word is an id, its number, a part that only one id has, or
 * a path to any file. Throws a UserError where there is none, or more than one.
 */
export function lessonFiles(course: Course, words: readonly string[] = []): readonly string[] {
  const { dir, ids } = course;
  if (ids.length === 0 && !words.some(isPath)) {
    throw new UserError(`there are no lessons in "${dir}"`, {
      code: 'usage',
      hint: describeStrays(course) ?? `Name another folder with --lessons DIR; ${lessonName}.`,
    });
  }
  if (words.length === 0) return ids.map((id) => fileOf(course, id));
  return words.map((word) => {
    const meant = isPath(word) ? ids.filter((id) => `${id}.md` === word) : idsMeant(ids, word);
    if (meant.length === 1) return fileOf(course, meant[0]!);
    if (meant.length > 1) {
      throw new UserError(`"${word}" could be ${meant.join(' or ')}`, {
        code: 'usage',
        hint: 'Write more of the name.',
      });
    }
    if (isPath(word)) return word;
    throw new UserError(unknownWord('lesson', word, ids), {
      code: 'usage',
      hint: describeStrays(course) ?? 'Run "lesson list" to see them.',
    });
  });
}

const fileOf = ({ dir }: Course, id: string): string => path.join(dir, `${id}.md`);

const isPath = (word: string): boolean => /[\\/]|\.(md|markdown)$/i.test(word);

/** What a person may write for an id, from the exact to the vague: `03-distribution`, `3`, `distribution`, `distrib`. */
export function idsMeant(ids: readonly string[], word: string): readonly string[] {
  const wanted = word.toLowerCase();
  const readings: ((id: string) => boolean)[] = [
    (id) => id === word,
    (id) => /^\d+$/.test(wanted) && Number.parseInt(id, 10) === Number(wanted),
    (id) => id.toLowerCase().replace(/^\d+-/, '') === wanted,
    (id) => /\D/.test(wanted) && id.toLowerCase().includes(wanted),
  ];
  return readings.map((reads) => ids.filter(reads)).find((meant) => meant.length > 0) ?? [];
}

/** A sentence that names the files which look like lessons and are none; undefined where there is none. */
export function describeStrays({ strays }: Course): string | undefined {
  if (strays.length === 0) return undefined;
  const names = strays.map((name) => `"${showName(name)}"`);
  const [last = ''] = names.length > 4 ? [`${names.splice(3).length} others`] : names.splice(-1);
  const all = names.length === 0 ? last : `${names.join(', ')} and ${last}`;
  return `${all} ${strays.length === 1 ? 'is not a lesson' : 'are not lessons'}: ${lessonName}.`;
}

/** @param files As from `cwd`. @throws LessonError with the mistakes of all of them together. */
export async function readLessons(
  files: readonly string[],
  cwd: string,
  options?: ParseOptions,
): Promise<Lesson[]> {
  const lessons: Lesson[] = [];
  let problems: readonly Problem[] = [];
  for (const file of files) {
    try {
      lessons.push(await readLesson(path.resolve(cwd, file), cwd, options));
    } catch (error) {
      if (!(error instanceof LessonError)) throw error;
      problems = problems.concat(error.problems);
    }
  }
  if (problems.length > 0) throw new LessonError(problems);
  return lessons;
}

/** The file is named as from the user's working directory. */
async function readLesson(file: string, cwd: string, options?: ParseOptions): Promise<Lesson> {
  const relative = path.relative(cwd, file);
  const shown = relative.startsWith('..') ? file : relative;
  const lesson = parseLesson(shown, decodeLesson(shown, await readBytes(file, shown)), options);
  return readSetup(lesson, file);
}

/** What is not a regular file may never end, or wait for a writer; it is not even opened. */
async function readBytes(file: string, shown: string): Promise<Buffer> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new UserError(`cannot read the lesson ${shown}: ${reason}`, { code: 'lesson', cause });
  };
  const refuseError = (error: unknown) => refuse(reasonOf(error), error);
  const stats = await stat(file).catch(refuseError);
  if (!stats.isFile()) refuse('it is not a regular file');
  if (stats.size > MOST_BYTES) {
    const most = `a lesson may have at most ${MOST_BYTES / 1e6} MB`;
    refuse(`it has ${(stats.size / 1e6).toFixed(1)} MB, and ${most}`);
  }
  return readFile(file).catch(refuseError);
}

/** Why the system has no file or folder for us, in words. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'it does not exist';
    case 'ENOTDIR':
      return 'it is not a folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    default:
      return code ?? message;
  }
}
