// `lesson check`: for CI. Every lesson from a clean state; exercises must tell right answers from wrong ones.
import { type RunOptions, runLessons } from '../app/run-lessons.ts';
import { verify } from '../session/verify.ts';
import { openCourse, readLessons, someLessons } from '../store/course.ts';
import type { Surroundings } from '../surroundings.ts';

interface Options extends RunOptions {
  readonly id: readonly string[];
  readonly lessons?: string | undefined;
}

export async function check(options: Options, surroundings: Surroundings): Promise<number> {
  const course = await openCourse(options.lessons, surroundings.cwd);
  const lessons = await readLessons(course, someLessons(course, options.id), surroundings.cwd);
  return runLessons(
    lessons,
    options,
    {
      holder: ['lesson check', ...options.id].join(' '),
      detail: 'summary',
      solve: true,
      stopAtFailure: false,
      confirm: undefined,
      client: verify,
    },
    surroundings,
  );
}
