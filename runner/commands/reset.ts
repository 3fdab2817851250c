// `lesson reset`: forgets how far the learner came. Answers stay where they are.

import { exitCodes, type Invocation } from '../invocation.ts';
import { openCourse, someLessons } from '../store/course.ts';
import { learnerFolder } from '../store/learner-folder.ts';
import { changeProgress, readProgress } from '../store/progress.ts';

interface Options {
  readonly id: readonly string[];
  readonly lessons?: string | undefined;
}

export async function reset({ id: ids, lessons }: Options, { cwd, stdout }: Invocation): Promise<number> {
  const course = await openCourse(lessons, cwd);
  const folder = await learnerFolder(course);
  const progress = await readProgress(folder);
  const begun = someLessons(course, ids).filter((id) => progress[id] !== undefined);
  for (const id of begun) await changeProgress(folder, id, () => undefined);
  stdout.write(
    begun.length === 0
      ? 'There is no progress to forget.\n'
      : `Forgot the progress of ${begun.join(', ')}. Your answers are still in "${folder.dir}".\n`,
  );
  return exitCodes.ok;
}
