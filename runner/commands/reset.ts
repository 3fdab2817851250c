// `lesson reset`: forgets how far the learner came. Answers stay where they are.

import path from 'node:path';
import { terminalConfirm } from '../app/confirm.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { lessonFiles, openCourse } from '../store/course.ts';
import { learnerFolder } from '../store/learner-folder.ts';
import { changeProgress, readProgress } from '../store/progress.ts';

interface Options {
  readonly id: readonly string[];
  readonly lessons?: string | undefined;
}

export async function reset({ id: ids, lessons }: Options, invocation: Invocation): Promise<number> {
  const { cwd, stdout } = invocation;
  const course = await openCourse(lessons, cwd);
  const folder = await learnerFolder(course);
  const progress = await readProgress(folder);
  const begun = lessonFiles(course, ids)
    .map((file) => path.basename(file, '.md'))
    .filter((id) => progress[id] !== undefined);
  if (begun.length === 0) {
    stdout.write('There is no progress to forget.\n');
    return exitCodes.ok;
  }
  if (ids.length === 0) {
    const confirm = await terminalConfirm(invocation);
    if (confirm === undefined) throw unnamed();
    if (!(await confirm(`Forget the progress of ${begun.join(', ')}?`))) return exitCodes.ok;
  }
  for (const id of begun) await changeProgress(folder, id, () => undefined);
  stdout.write(`Forgot the progress of ${begun.join(', ')}. Your answers are still in "${folder.dir}".\n`);
  return exitCodes.ok;
}

const unnamed = () =>
  new UserError('no lesson is named, and nobody can be asked whether all are meant', {
    code: 'usage',
    hint: 'Name the lessons: "lesson reset 3".',
  });
