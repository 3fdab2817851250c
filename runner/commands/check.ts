// `lesson check`: for CI. Every lesson from a clean state; exercises must tell right answers from wrong ones.
import { type RunOptions, runLessons } from '../app/run-lessons.ts';
import { confirmTrust } from '../app/trust.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { verify } from '../session/verify.ts';
import { lessonFiles, openCourse, readLessons } from '../store/course.ts';

interface Options extends RunOptions {
  readonly id: readonly string[];
  readonly trust: boolean;
  readonly lessons?: string | undefined;
}

export async function check(options: Options, invocation: Invocation): Promise<number> {
  const { cwd, stdin, stdout } = invocation;
  const course = await openCourse(options.lessons, cwd);
  const lessons = await readLessons(lessonFiles(course, options.id), cwd);
  const keys = stdin.isTTY && stdout.isTTY ? await import('../learner/keys.ts') : undefined;
  const confirm = keys && ((question: string) => keys.confirm(question, invocation));
  if (!options.trust && !(await confirmTrust(lessons, { course, cwd, confirm }))) return exitCodes.usage;
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
