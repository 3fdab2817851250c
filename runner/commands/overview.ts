// `lesson`: where am I, and what is next.

import { withCommand } from '../command-name.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { type Course, openCourse } from '../store/course.ts';
import { readProgress } from '../store/progress.ts';
import { list } from './list.ts';

interface Options {
  readonly lessons?: string | undefined;
}

export async function overview({ lessons }: Options, invocation: Invocation): Promise<number> {
  const { cwd, command, stdout } = invocation;
  await list({ lessons, json: false }, invocation);
  const next = await nextLesson(await openCourse(lessons, cwd));
  stdout.write(
    next === undefined
      ? withCommand(
          '\nYou have passed them all. "lesson psql" is a SQL prompt on the coordinator.\n',
          command,
        )
      : `\nNext: ${command} run ${next}\n`,
  );
  return exitCodes.ok;
}

/** The first one that is not passed yet. */
export async function nextLesson({ ids }: Course): Promise<string | undefined> {
  const progress = await readProgress();
  return ids.find((id) => progress[id] === undefined);
}
