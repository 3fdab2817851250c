// `lesson list`: the lessons of a course, and how the learner stands in each.

import { exitCodes, type Invocation } from '../invocation.ts';
import { showName, widthOf } from '../lesson/cell.ts';
import type { Lesson } from '../lesson/types.ts';
import { printable } from '../report/style.ts';
import { describeStrays, lessonFiles, openCourse, readLessons } from '../store/course.ts';
import { learnerFolder } from '../store/learner-folder.ts';
import { type LessonProgress, readProgress, untouched } from '../store/progress.ts';

interface Options {
  readonly lessons?: string | undefined;
  readonly json: boolean;
}

export async function list(options: Options, { cwd, stdout, stderr }: Invocation): Promise<number> {
  const course = await openCourse(options.lessons, cwd);
  const lessons = await readLessons(lessonFiles(course), cwd);
  const strays = describeStrays(course);
  if (strays !== undefined) stderr.write(`${strays}\n`);
  const progress = await readProgress(await learnerFolder(course));
  if (options.json) {
    const rows = lessons.map(({ id, title, minutes, steps }) => ({
      id,
      title,
      minutes,
      steps: steps.length,
      progress: progress[id],
    }));
    stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return exitCodes.ok;
  }
  const width = Math.max(...lessons.map(({ id }) => widthOf(id)));
  for (const lesson of lessons) {
    const { id, title, minutes } = lesson;
    const [mark, text] = standing(lesson, progress[id] ?? untouched);
    const time = minutes === undefined ? '' : `  (${minutes} min)`;
    const name = `${showName(id)}${' '.repeat(width - widthOf(id))}`;
    stdout.write(`${mark} ${name}  ${printable(title)}${time}${text === '' ? '' : `  ${text}`}\n`);
  }
  return exitCodes.ok;
}

/** A check mark says that the learner did it, and nothing else does. */
function standing({ steps }: Lesson, { status, next }: LessonProgress): readonly [string, string] {
  if (next !== undefined) {
    const at = steps.findIndex(({ id }) => id === next.split('/')[0]) + 1;
    return [status === 'passed' ? '✓' : '▸', at > 0 ? `at step ${at} of ${steps.length}` : 'begun'];
  }
  if (status === undefined) return [' ', ''];
  switch (status) {
    case 'passed':
      return ['✓', ''];
    case 'helped':
      return ['~', 'solved after seeing a solution'];
    case 'skipped':
      return ['-', 'with exercises left'];
    case 'unattended':
      return [' ', 'ran unattended'];
  }
}
