// `lesson`: where am I, and what is next.

import { exitCodes, type Invocation } from '../invocation.ts';
import { openCourse } from '../store/course.ts';
import { readProgress } from '../store/progress.ts';
import { list } from './list.ts';

interface Options {
  readonly lessons?: string | undefined;
}

export async function overview({ lessons }: Options, invocation: Invocation): Promise<number> {
  const { cwd, stdout } = invocation;
  await list({ lessons, json: false }, invocation);
  const { ids } = await openCourse(lessons, cwd);
  const progress = await readProgress();
  const next = ids.find((id) => progress[id] === undefined);
  stdout.write(
    next === undefined
      ? '\nYou have passed them all. "lesson psql" is a SQL prompt on the coordinator.\n'
      : `\nNext: lesson run ${next}\n`,
  );
  return exitCodes.ok;
}
