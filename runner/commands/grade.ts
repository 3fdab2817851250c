// `lesson grade`: the answers of a class, each from the state in which its exercise starts, and the points for them.
import path from 'node:path';
import { rememberTables } from '../app/cleaning.ts';
import { terminalConfirm } from '../app/confirm.ts';
import { withPreparedCluster, workersNeeded } from '../app/prepared-cluster.ts';
import { confirmTrust } from '../app/trust.ts';
import type { ProviderOptions } from '../cluster/find-provider.ts';
import type { ClusterInfo } from '../cluster/info.ts';
import type { Cluster } from '../cluster/port.ts';
import { UserError } from '../errors.ts';
import { gradeClass } from '../grade/grade-class.ts';
import { addHiddenChecks, refuseUnknownFiles } from '../grade/hidden-checks.ts';
import { openKnownVerdicts } from '../grade/known-verdicts.ts';
import { usualLimits } from '../grade/limits.ts';
import { limitMemory } from '../grade/memory.ts';
import { readSubmissions } from '../grade/read-submissions.ts';
import { similarPairs } from '../grade/similar.ts';
import { unknownExercises } from '../grade/unknown-exercises.ts';
import { readReportSpec, writeReports } from '../grade/write-reports.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { unknownWord } from '../lesson/nearest.ts';
import type { Lesson } from '../lesson/types.ts';
import { programVersion } from '../paths.ts';
import { lessonFiles, openCourse, readLessons } from '../store/course.ts';
import { stateDir } from '../system/state-folder.ts';

interface Options extends ProviderOptions {
  readonly answers: string;
  readonly id: readonly string[];
  readonly reporter?: readonly string[] | undefined;
  readonly json: boolean;
  /** A folder of hidden checks. */
  readonly checks?: string | undefined;
  readonly compare: boolean;
  readonly isolated: boolean;
  /** Verdicts that are known already do not count. */
  readonly again: boolean;
  /** For each answer, in milliseconds. */
  readonly timeout: number;
  readonly trust: boolean;
  readonly lessons?: string | undefined;
}

export async function grade(options: Options, invocation: Invocation): Promise<number> {
  const { cwd, stderr, signal } = invocation;
  const specs = (options.reporter ?? [options.json ? 'json' : 'text']).map(readReportSpec);
  const submissions = await readSubmissions(options.answers, cwd);
  const course = await openCourse(options.lessons, cwd);
  const answered = new Set(submissions.all.map(({ lesson }) => lesson));
  const ids = options.id.length > 0 ? options.id : course.ids.filter((id) => answered.has(id));
  const report = (message: string) => stderr.write(`${message}\n`);
  for (const id of answered) if (!course.ids.includes(id)) report(unknownWord('lesson', id, course.ids));
  if (ids.length === 0) {
    throw new UserError(`"${options.answers}" has no answer to a lesson of "${course.dir}"`, {
      code: 'usage',
      hint: 'Answers are files STUDENT/LESSON/EXERCISE.sql; EXERCISE is the step, as in .lesson/answers.',
    });
  }
  const read = await readLessons(lessonFiles(course, ids), cwd);
  const confirm = await terminalConfirm(invocation);
  if (!options.trust && !(await confirmTrust(read, { course, cwd, confirm }))) return exitCodes.usage;
  const { lessons, hidden } = await withHidden(read, course.ids, options.checks, cwd);
  for (const sentence of unknownExercises(lessons, submissions.all)) report(sentence);

  const limits = { ...usualLimits, timeMs: options.timeout };
  const prepared = { ...options, neededWorkers: Math.max(2, workersNeeded(lessons)) };
  const holder = ['lesson grade', options.answers].join(' ');
  await withPreparedCluster(prepared, { holder, confirm }, invocation, async (on) => {
    const { cluster, info } = on;
    if (!options.isolated) refuseServers(cluster, info);
    const endLimit = await limitMemory(cluster, limits.memoryMb);
    try {
      const students = await gradeClass(lessons, submissions, {
        ...on,
        cwd,
        limits,
        isIsolated: options.isolated,
        known: await openKnownVerdicts(path.join(stateDir(), 'grades.jsonl'), options.again),
        extra: JSON.stringify([programVersion(), hidden]),
        report,
        signal,
      });
      const similar = options.compare && (await similarPairs(submissions.all, lessons));
      await writeReports(specs, { students, ...(similar && { similar }) }, invocation);
    } finally {
      await endLimit();
      await rememberTables(cluster);
    }
  });
  return exitCodes.ok;
}

async function withHidden(
  lessons: readonly Lesson[],
  ofCourse: readonly string[],
  dir: string | undefined,
  cwd: string,
) {
  if (dir === undefined) return { lessons, hidden: [] };
  const target = path.resolve(cwd, dir);
  await refuseUnknownFiles(target, dir, [...new Set([...ofCourse, ...lessons.map(({ id }) => id)])]);
  const all = await Promise.all(lessons.map((lesson) => addHiddenChecks(lesson, target, dir)));
  return { lessons: all.map(({ lesson }) => lesson), hidden: all.map(({ hidden }) => hidden) };
}

/** The roles of the sandbox are made for the servers of ours, with the built-in engine or without Citus. */
function refuseServers({ servers }: Cluster, { engine }: ClusterInfo): void {
  if (servers !== undefined && engine.kind !== 'citus') return;
  const whose = servers === undefined ? 'servers that are not ours' : 'real Citus';
  throw new UserError(`answers of strangers run with the rights of a superuser on ${whose}`, {
    code: 'usage',
    hint: 'Grade on local servers, with the built-in engine or with PostgreSQL alone; or in a container of its own for each student, with --isolated.',
  });
}
