// `lesson`: where am I, and what is next. At a terminal, Enter goes on there.

import { exitCodes, type Invocation } from '../invocation.ts';
import { openCourse } from '../store/course.ts';
import { learnerFolder } from '../store/learner-folder.ts';
import { readProgress } from '../store/progress.ts';
import { list } from './list.ts';

interface Options {
  readonly lessons?: string | undefined;
}

/** @param goOn Runs a lesson. */
export async function overview(
  { lessons }: Options,
  invocation: Invocation,
  goOn: (id: string) => Promise<number>,
): Promise<number> {
  const { cwd, stdin, stdout } = invocation;
  await list({ lessons, json: false }, invocation);
  const course = await openCourse(lessons, cwd);
  const progress = await readProgress(await learnerFolder(course));
  const next =
    course.ids.find((id) => progress[id]?.next !== undefined) ??
    course.ids.find((id) => progress[id]?.status === undefined || progress[id].status === 'unattended');
  if (next === undefined) {
    stdout.write('\nYou have been through them all. "lesson psql" is a SQL prompt on the coordinator.\n');
    return exitCodes.ok;
  }
  stdout.write(`\nNext: lesson run ${next}\n`);
  if (stdin.isTTY !== true || stdout.isTTY !== true) return exitCodes.ok;
  const { readKeys } = await import('../learner/keys.ts');
  stdout.write('Enter starts it, any other key leaves. ');
  const key = await readKeys(invocation);
  stdout.write('\n');
  return key === '\r' || key === '\n' ? goOn(next) : exitCodes.ok;
}
