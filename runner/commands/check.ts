// `lesson check`: for CI. Every lesson from a clean state; exercises must tell right answers from wrong ones.
import { type RunOptions, runLessons } from '../app/run-lessons.ts';
import type { Invocation } from '../invocation.ts';
import { verify } from '../session/verify.ts';
import { openCourse, readLessons, someLessons } from '../store/course.ts';

interface Options extends RunOptions {
  readonly id: readonly string[];
  readonly lessons?: string | undefined;
}

export async function check(options: Options, invocation: Invocation): Promise<number> {
  const course = await openCourse(options.lessons, invocation.cwd);
  const lessons = await readLessons(course, someLessons(course, options.id), invocation.cwd);
  return runLessons(
    lessons,
    options,
    {
      holder: ['lesson check', ...options.id].join(' '),
      detail: 'summary',
      isAttended: false,
      solve: true,
      stopAtFailure: false,
      confirm: undefined,
      client: verify,
    },
    invocation,
  );
}
