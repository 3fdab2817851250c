// `lesson`: where am I, and what is next.
import { openCourse } from '../store/course.ts';
import { readProgress } from '../store/progress.ts';
import { exitCodes, type Surroundings } from '../surroundings.ts';
import { list } from './list.ts';

interface Options {
  readonly lessons?: string | undefined;
}

export async function overview({ lessons }: Options, surroundings: Surroundings): Promise<number> {
  const { cwd, stdout } = surroundings;
  await list({ lessons, json: false }, surroundings);
  const { ids } = await openCourse(lessons, cwd);
  const progress = await readProgress();
  const next = ids.find((id) => progress[id] === undefined);
  stdout.write(
    next === undefined
      ? '\nYou have passed them all. "lesson psql" is a SQL prompt on the coordinator.\n'
      : `\nNext: lesson run ${next}\n`,
  );
  return exitCodes.held;
}
