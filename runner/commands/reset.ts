// `lesson reset`: forgets how far the learner came. Answers stay where they are.

import path from 'node:path';
import { exitCodes, type Invocation } from '../invocation.ts';
import { lessonFiles, openCourse } from '../store/course.ts';
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
  const begun = lessonFiles(course, ids)
    .map((file) => path.basename(file, '.md'))
    .filter((id) => progress[id] !== undefined);
  for (const id of begun) await changeProgress(folder, id, () => undefined);
  stdout.write(
    begun.length === 0
      ? 'There is no progress to forget.\n'
      : `Forgot the progress of ${begun.join(', ')}. Your answers are still in "${folder.dir}".\n`,
  );
  return exitCodes.ok;
}
