// `lesson lint`: the mistakes of authors, found without a server.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exitCodes, type Invocation } from '../invocation.ts';
import type { Diagnostic, ReportDiagnostic } from '../lesson/diagnostic.ts';
import { lintLesson } from '../lesson/lint.ts';
import { lintDrift } from '../lesson/lint-drift.ts';
import { lintLinks, type Outline, outlineOf } from '../lesson/lint-links.ts';
import { withoutTurnedOff } from '../lesson/lint-off.ts';
import { lintStatements } from '../lesson/lint-sql.ts';
import { lintStates } from '../lesson/lint-states.ts';
import { plural } from '../lesson/plural.ts';
import { formatProblem, LessonError } from '../lesson/problem.ts';
import { loadSqlParser, type SqlParser } from '../lesson/sql.ts';
import type { Lesson } from '../lesson/types.ts';
import { programVersion } from '../paths.ts';
import { sarif } from '../report/sarif.ts';
import { type Course, lessonFiles, lessonName, openCourse, readLessons } from '../store/course.ts';
import { misplacedSettings, readCourseSettings } from '../store/course-settings.ts';
import { readStates, statesFile } from '../store/recorded-states.ts';

interface Options {
  readonly id: readonly string[];
  readonly lessons?: string | undefined;
  /** The folder of the lessons of which these are translations. */
  readonly original?: string | undefined;
  readonly fix: boolean;
  readonly format: 'text' | 'sarif';
}

export async function lint(options: Options, invocation: Invocation): Promise<number> {
  const { id, format, fix } = options;
  const { cwd, stdout } = invocation;
  const course = await openCourse(options.lessons, cwd);
  const [{ lessons, problems: ofLessons }, parser] = await Promise.all([
    readEach(lessonFiles(course, id), cwd),
    loadSqlParser(),
  ]);
  const problems = [...(await readingProblems(() => readCourseSettings(course.dir, cwd))), ...ofLessons];
  if (problems.length > 0 && format === 'text') throw new LessonError(problems);
  const look = async () => [
    ...problems,
    ...(await lintAll(lessons, course, options, parser, cwd)),
    ...(id.length === 0 ? [...course.strays.map(strayFile), ...(await strayCourseFile(course, cwd))] : []),
  ];
  let diagnostics: readonly Diagnostic[] = await look();
  if (fix && (await applyFixes(diagnostics, cwd))) {
    lessons.splice(0, lessons.length, ...(await readEach(lessonFiles(course, id), cwd)).lessons);
    diagnostics = await look();
  }
  if (format === 'sarif') {
    stdout.write(`${JSON.stringify(sarif(diagnostics, programVersion()), null, 2)}\n`);
  } else {
    for (const diagnostic of diagnostics) stdout.write(`${lineOf(diagnostic)}\n`);
  }
  if (diagnostics.some(({ level }) => level === 'error')) return exitCodes.usage;
  if (diagnostics.length === 0 && format === 'text') {
    stdout.write(`No problems found in ${plural(lessons.length, 'lesson')}.\n`);
  }
  return exitCodes.ok;
}

function lineOf(diagnostic: Diagnostic): string {
  const { level, rule } = diagnostic;
  return `${formatProblem(diagnostic)} (${level === 'warning' ? 'warning, ' : ''}${rule})`;
}

/** One that cannot be read does not keep the others from being looked at. */
async function readEach(files: readonly string[], cwd: string) {
  const lessons: Lesson[] = [];
  const problems: Diagnostic[] = [];
  for (const file of files) {
    problems.push(...(await readingProblems(async () => lessons.push(...(await readLessons([file], cwd))))));
  }
  return { lessons, problems };
}

async function readingProblems(read: () => Promise<unknown>): Promise<readonly Diagnostic[]> {
  try {
    await read();
    return [];
  } catch (error) {
    if (!(error instanceof LessonError)) throw error;
    return error.problems.map((each) => ({ ...each, level: 'error', rule: 'format' }));
  }
}

async function lintAll(
  lessons: readonly Lesson[],
  course: Course,
  options: Options,
  parser: SqlParser,
  cwd: string,
): Promise<readonly Diagnostic[]> {
  const { original } = options;
  const originals = original === undefined ? undefined : await readOriginals(original, course, cwd);
  const documents = await readDocuments(course, lessons, cwd);
  const all: Diagnostic[] = [];
  for (const lesson of lessons) {
    const { file } = lesson.place;
    const target = path.resolve(cwd, file);
    const { text, outline } = documents.byFile.get(target)!;
    const recorded = await readStates(target, file);
    const exists = (link: string) => existsSync(path.resolve(path.dirname(target), link));
    const found = [
      ...lintLesson(lesson, parser),
      ...lintStates(lesson, recorded, statesFile(file)),
      ...collect((report) => lintLinks(file, outline, { lessons: documents.ofCourse, exists }, report)),
      ...(originals ? driftOf(lesson, originals, parser) : []),
    ];
    all.push(...withoutTurnedOff(found, { file, text }));
  }
  all.push(...lintSetups(lessons, parser));
  if (options.id.length === 0) all.push(...(originals?.missing ?? []));
  return all;
}

/** The texts of the lessons and of all others of the course, which they may link to: each is read once. */
async function readDocuments({ dir, ids }: Course, lessons: readonly Lesson[], cwd: string) {
  const byFile = new Map<string, { readonly text: string; readonly outline: Outline }>();
  const read = async (file: string): Promise<Outline> => {
    const known = byFile.get(file);
    if (known !== undefined) return known.outline;
    const text = await readFile(file, 'utf8');
    const outline = outlineOf(text);
    byFile.set(file, { text, outline });
    return outline;
  };
  const ofCourse = new Map<string, Outline>();
  for (const id of ids) ofCourse.set(id, await read(path.join(dir, `${id}.md`)));
  for (const { place } of lessons) await read(path.resolve(cwd, place.file));
  return { byFile, ofCourse };
}

/** The SQL files that lessons start with, each once. */
function lintSetups(lessons: readonly Lesson[], parser: SqlParser): readonly Diagnostic[] {
  const sources = lessons.flatMap(({ init }) => init.flatMap(({ source }) => source ?? []));
  const texts = new Map(sources.map(({ file, text }) => [file, text]));
  return collect((report) => {
    for (const [file, text] of texts) lintStatements(text, { file, line: 0 }, parser, report);
  });
}

/** Those of the lessons that have one, by id; the others are missing in the translation. */
async function readOriginals(dir: string, translation: Course, cwd: string) {
  const course = { ...(await openCourse(dir, cwd)), dir };
  const [ids, others] = [true, false].map((has) =>
    course.ids.filter((id) => translation.ids.includes(id) === has),
  );
  const read = ids!.length === 0 ? [] : await readLessons(lessonFiles(course, ids), cwd);
  const missing = others!.map((id): Diagnostic => {
    const place = { file: path.relative(cwd, path.join(translation.dir, `${id}.md`)), line: 1 };
    const message = `there is no translation of ${path.join(dir, `${id}.md`)}`;
    return { level: 'warning', rule: 'drift', place, message };
  });
  return { dir, missing, byId: new Map(read.map((lesson) => [lesson.id, lesson])) };
}

function driftOf(
  lesson: Lesson,
  { dir, byId }: Awaited<ReturnType<typeof readOriginals>>,
  parser: SqlParser,
): readonly Diagnostic[] {
  const original = byId.get(lesson.id);
  if (original !== undefined) return collect((report) => lintDrift(lesson, original, parser, report));
  const message = `there is no original "${lesson.id}" in "${dir}"`;
  return [{ level: 'warning', rule: 'drift', place: lesson.place, message }];
}

function collect(lintWith: (report: ReportDiagnostic) => void): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  lintWith((level, rule, place, message, fix) =>
    found.push({ level, rule, place, message, ...(fix && { fix }) }),
  );
  return found;
}

/** Changes only lines in which the text stands once. Returns whether any was changed. */
async function applyFixes(diagnostics: readonly Diagnostic[], cwd: string): Promise<boolean> {
  const files = new Set(diagnostics.filter(({ fix }) => fix !== undefined).map(({ place }) => place.file));
  let isChanged = false;
  for (const file of files) {
    const target = path.resolve(cwd, file);
    const before = await readFile(target, 'utf8');
    const lines = before.split('\n');
    for (const { fix, place } of diagnostics) {
      const line = lines[place.line - 1];
      if (fix === undefined || place.file !== file || line === undefined) continue;
      const [start = '', end, more] = line.split(fix.find);
      // In a table the columns stay where they are; behind the last one nothing stands.
      const isPadded = fix.replace === '*' && end?.trim() !== '';
      const filled = isPadded ? '*'.padEnd(fix.find.length) : fix.replace;
      if (end !== undefined && more === undefined) lines[place.line - 1] = `${start}${filled}${end}`;
    }
    const after = lines.join('\n');
    if (after === before) continue;
    isChanged = true;
    await writeFile(target, after);
  }
  return isChanged;
}

function strayFile(file: string): Diagnostic {
  return {
    level: 'warning',
    rule: 'stray-file',
    place: { file, line: 1 },
    message: `the file is not a lesson; ${lessonName}`,
  };
}

async function strayCourseFile({ dir }: Course, cwd: string): Promise<readonly Diagnostic[]> {
  const file = await misplacedSettings(dir);
  if (file === undefined) return [];
  const place = { file: path.relative(cwd, file), line: 1 };
  const right = path.relative(cwd, path.join(dir, path.basename(file)));
  const message = `nobody reads this file here; it belongs in the folder of the lessons: ${right}`;
  return [{ level: 'warning', rule: 'stray-file', place, message }];
}
