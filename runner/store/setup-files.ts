// The SQL files that a lesson starts with, which stand beside it or in a folder that it shares with other lessons.
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { decodeLesson } from '../lesson/decode.ts';
import { LessonError, type Problem } from '../lesson/problem.ts';
import { shippedSetup } from '../lesson/setup.ts';
import type { Lesson, SetupFile } from '../lesson/types.ts';

/** As for a lesson. */
const mostBytes = 2_000_000;

/**
 * The lesson with the texts of its files.
 * @param file The absolute path of the lesson. @throws LessonError with a problem for each file that cannot be read.
 */
export async function readSetup(lesson: Lesson, file: string): Promise<Lesson> {
  const problems: Problem[] = [];
  const init: SetupFile[] = [];
  for (const each of lesson.init) {
    if (each.name === shippedSetup) {
      init.push(each);
      continue;
    }
    try {
      init.push(await readOne(each, lesson, path.dirname(file)));
    } catch (error) {
      if (error instanceof LessonError) problems.push(...error.problems);
      else problems.push({ place: each.place, message: describe(each, error as Error) });
    }
  }
  if (problems.length > 0) throw new LessonError(problems);
  return { ...lesson, init };
}

async function readOne(setup: SetupFile, { place }: Lesson, folder: string): Promise<SetupFile> {
  const target = path.resolve(folder, setup.name);
  const real = await realpath(target);
  const outside = path.relative(path.dirname(await realpath(folder)), real);
  if (path.isAbsolute(outside) || outside.split(path.sep)[0] === '..')
    throw new Error('it is neither in the folder of the lesson nor below the folder around that');
  const { size, isFile } = await stat(real).then((stats) => ({ size: stats.size, isFile: stats.isFile() }));
  if (!isFile) throw new Error('it is not a regular file');
  if (size > mostBytes)
    throw new Error(`it has ${(size / 1e6).toFixed(1)} MB, and it may have at most ${mostBytes / 1e6} MB`);
  const shown = path.join(path.dirname(place.file), setup.name);
  return { ...setup, source: { file: shown, text: decodeLesson(shown, await readFile(real)) } };
}

function describe({ name }: SetupFile, { code, message }: NodeJS.ErrnoException): string {
  const why = code === 'ENOENT' ? 'it does not exist' : code === 'EACCES' ? 'permission denied' : message;
  return `cannot read the file "${name}" of "init": ${why}; its path is relative to the lesson`;
}
