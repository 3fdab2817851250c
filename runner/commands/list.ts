// `lesson list`: the lessons of a course.

import { exitCodes, type Invocation } from '../invocation.ts';
import { widthOf } from '../lesson/cell.ts';
import { describeStrays, lessonFiles, openCourse, readLessons } from '../store/course.ts';
import { readProgress } from '../store/progress.ts';

interface Options {
  readonly lessons?: string | undefined;
  readonly json: boolean;
}

export async function list(
  { lessons: dir, json }: Options,
  { cwd, stdout, stderr }: Invocation,
): Promise<number> {
  const course = await openCourse(dir, cwd);
  const lessons = await readLessons(lessonFiles(course), cwd);
  const strays = describeStrays(course);
  if (strays !== undefined) stderr.write(`${strays}\n`);
  const progress = await readProgress();
  const rows = lessons.map(({ id, title, minutes, steps }) => ({
    id,
    title,
    minutes,
    steps: steps.length,
    passed: progress[id],
  }));
  if (json) {
    stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return exitCodes.ok;
  }
  const width = Math.max(...rows.map(({ id }) => widthOf(id)));
  for (const { id, title, minutes, passed } of rows) {
    const time = minutes === undefined ? '' : `  (${minutes} min)`;
    stdout.write(
      `${passed === undefined ? ' ' : '✓'} ${id}${' '.repeat(width - widthOf(id))}  ${title}${time}\n`,
    );
  }
  return exitCodes.ok;
}
