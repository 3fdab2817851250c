// `lesson run`: one lesson after another, step by step; the first failure stops.
import { type RunOptions, runLessons } from '../app/run-lessons.ts';
import type { Invocation } from '../invocation.ts';
import { unattended, walk } from '../session/walk.ts';
import { openCourse, readLessons, someLessons } from '../store/course.ts';

interface Options extends RunOptions {
  readonly id: readonly string[];
  readonly yes: boolean;
  readonly lessons?: string | undefined;
}

export async function run(options: Options, invocation: Invocation): Promise<number> {
  const { cwd, stdin, stdout } = invocation;
  const course = await openCourse(options.lessons, cwd);
  const lessons = await readLessons(course, someLessons(course, options.id), cwd);
  const attended = !options.yes && stdin.isTTY === true && stdout.isTTY === true;
  const prompt = attended ? await import('./prompt.ts') : undefined;
  const control = prompt?.promptControl(invocation) ?? unattended;
  return runLessons(
    lessons,
    options,
    {
      holder: `lesson run ${options.id.join(' ')}`,
      detail: 'walk',
      solve: !attended,
      stopAtFailure: true,
      confirm: prompt && ((question) => prompt.confirm(question, invocation)),
      client: (session) => walk(session, control),
    },
    invocation,
  );
}
