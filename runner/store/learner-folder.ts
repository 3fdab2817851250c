// Where what a learner did is kept: `.lesson` beside the folder of the course, so that it can be read, copied and removed.
//   progress.json     answers/LESSON/EXERCISE.sql
import { createHash } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { stateDir } from '../system/state-folder.ts';
import type { Course } from './course.ts';

export interface LearnerFolder {
  readonly dir: string;
  /** The name of the course in `progress.json`: that of its folder. */
  readonly course: string;
  /** The answers of one lesson. */
  readonly answersOf: (lesson: string) => string;
}

/** In the state folder where nothing can be written beside the course, as in an installed package. */
export async function learnerFolder({ dir: shown }: Pick<Course, 'dir'>): Promise<LearnerFolder> {
  const dir = path.resolve(shown); // with a slash at its end it is the same folder
  const course = path.basename(dir);
  const beside = path.join(path.dirname(dir), '.lesson');
  const own = (await canMake(beside)) ? beside : path.join(stateDir(), 'courses', nameOf(dir));
  // Two courses in one folder may have lessons of the same name.
  const answers = course === 'lessons' ? path.join(own, 'answers') : path.join(own, course, 'answers');
  return { dir: own, course, answersOf: (lesson) => path.join(answers, lesson) };
}

async function canMake(dir: string): Promise<boolean> {
  if (dir.split(path.sep).includes('node_modules')) return false; // the next installation removes it
  const writable = (folder: string) =>
    access(folder, constants.W_OK).then(
      () => true,
      (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : false),
    );
  return (await writable(dir)) ?? (await writable(path.dirname(dir))) ?? false;
}

const nameOf = (dir: string) =>
  `${path.basename(dir)}-${createHash('sha256').update(dir).digest('hex').slice(0, 8)}`;
