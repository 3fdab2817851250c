// `lesson lint`: the mistakes of authors, found without a server.

import path from 'node:path';
import { exitCodes, type Invocation } from '../invocation.ts';
import type { Diagnostic } from '../lesson/diagnostic.ts';
import { lintLesson } from '../lesson/lint.ts';
import { lintStates } from '../lesson/lint-states.ts';
import { plural } from '../lesson/plural.ts';
import { formatProblem } from '../lesson/problem.ts';
import { loadSqlParser } from '../lesson/sql.ts';
import { lessonFiles, lessonName, openCourse, readLessons } from '../store/course.ts';
import { readStates, statesFile } from '../store/recorded-states.ts';

interface Options {
  readonly id: readonly string[];
  readonly lessons?: string | undefined;
}

export async function lint({ id, lessons: dir }: Options, { cwd, stdout }: Invocation): Promise<number> {
  const course = await openCourse(dir, cwd);
  const lessons = await readLessons(lessonFiles(course, id), cwd);
  const parser = await loadSqlParser();
  const diagnostics = lessons.flatMap((lesson) => lintLesson(lesson, parser));
  for (const lesson of lessons) {
    const { file } = lesson.place;
    const recorded = Object.keys(await readStates(path.resolve(cwd, file), file));
    diagnostics.push(...lintStates(lesson, recorded, statesFile(file)));
  }
  if (id.length === 0) diagnostics.push(...course.strays.map(strayFile));
  for (const diagnostic of diagnostics) {
    const warning = diagnostic.level === 'warning' ? ' (warning)' : '';
    stdout.write(`${formatProblem(diagnostic)}${warning}\n`);
  }
  if (diagnostics.some(({ level }) => level === 'error')) return exitCodes.usage;
  if (diagnostics.length === 0) {
    stdout.write(`No problems found in ${plural(lessons.length, 'lesson')}.\n`);
  }
  return exitCodes.ok;
}

function strayFile(file: string): Diagnostic {
  return { level: 'warning', place: { file, line: 1 }, message: `the file is not a lesson; ${lessonName}` };
}
