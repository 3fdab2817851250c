// `lesson lint`: the mistakes of authors, found without a server.
import { lintLesson } from '../lesson/lint.ts';
import { formatProblem } from '../lesson/problem.ts';
import { loadSqlParser } from '../lesson/sql.ts';
import { openCourse, readLessons } from '../store/course.ts';
import { exitCodes, type Surroundings } from '../surroundings.ts';
import { someLessons } from './run-lessons.ts';

interface Options {
  readonly id: readonly string[];
  readonly lessons?: string | undefined;
}

export async function lint({ id, lessons: dir }: Options, { cwd, stdout }: Surroundings): Promise<number> {
  const course = await openCourse(dir, cwd);
  const ids = someLessons(id.length > 0 ? id : course.ids, course.dir);
  const lessons = await readLessons(course, ids, cwd);
  const parser = await loadSqlParser();
  const findings = lessons.flatMap((lesson) => lintLesson(lesson, parser));
  for (const finding of findings) {
    const warning = finding.level === 'warning' ? ' (warning)' : '';
    stdout.write(`${formatProblem(finding)}${warning}\n`);
  }
  if (findings.some(({ level }) => level === 'error')) return exitCodes.usage;
  if (findings.length === 0) stdout.write(`${lessons.length} lessons, nothing to mend.\n`);
  return exitCodes.held;
}
