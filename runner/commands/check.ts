// `lesson check`: for CI. Every lesson from a clean state; exercises must tell right answers from wrong ones.
import path from 'node:path';
import { type Choice, chooseLessons } from '../app/choose-lessons.ts';
import { compareClusters } from '../app/compare-clusters.ts';
import { terminalConfirm } from '../app/confirm.ts';
import { type RunOptions, runLessons } from '../app/run-lessons.ts';
import { confirmTrust } from '../app/trust.ts';
import { findKind } from '../cluster/cluster-kinds.ts';
import { isUrl } from '../connect/url.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import type { Lesson } from '../lesson/types.ts';
import { isEnough } from '../mutation/score.ts';
import { describeAlike } from '../session/alike-mistakes.ts';
import type { RunEvent } from '../session/events.ts';
import { mutate } from '../session/mutate.ts';
import { verify } from '../session/verify.ts';
import { walk } from '../session/walk.ts';
import { lessonFiles, openCourse, readLessons } from '../store/course.ts';
import { hashOf, type RecordedMistake, writeMistakes } from '../store/recorded-mistakes.ts';
import { writeStates } from '../store/recorded-states.ts';

interface Options extends Omit<RunOptions, 'cluster'>, Choice {
  readonly id: readonly string[];
  readonly trust: boolean;
  /** The states of exercises, and how wrong answers fail, are written beside each lesson. */
  readonly record: boolean;
  /** Instead of trying answers: for so many milliseconds a lesson its database is changed, and something must notice. */
  readonly mutate?: number | undefined;
  readonly jobs?: number | undefined;
  readonly bail: boolean;
  /** Several are compared. */
  readonly cluster?: readonly string[] | undefined;
  readonly lessons?: string | undefined;
}

export async function check(options: Options, invocation: Invocation): Promise<number> {
  const { cwd } = invocation;
  const course = await openCourse(options.lessons, cwd);
  const all = await readLessons(lessonFiles(course, options.id), cwd);
  const lessons = chooseLessons(all, options);
  const clusters = options.cluster ?? (await remembered(options.name));
  checkTogether(options, clusters);
  const confirm = await terminalConfirm(invocation);
  if (!options.trust && !(await confirmTrust(lessons, { course, cwd, confirm }))) return exitCodes.usage;
  const recorder = recordMistakes(lessons);
  const { mutate: forMs, seed = '1', jobs = 1, bail: stopAtFailure } = options;
  const comparison = clusters.length > 1 ? compareClusters(clusters.map(nameCluster)) : undefined;
  let isWeak = false;
  const exitCode = await runLessons(
    lessons,
    { ...options, cluster: clusters[0] },
    {
      jobs,
      ...(clusters.length > 1 && { clusters }),
      holder: ['lesson check', ...options.id].join(' '),
      detail: 'summary',
      isAttended: false,
      solve: true,
      stopAtFailure,
      confirm: undefined,
      client: (session) => (forMs === undefined ? verify(session, options) : walk(session)),
      ...(forMs !== undefined && {
        afterPass: (planned, context) => mutate(planned, context, { seed, forMs }),
      }),
      ...(options.record && { record: { keeps: false, write: writeStates } }),
      listen(event, cluster) {
        recorder.listen(event);
        comparison?.listen(cluster, event);
        isWeak ||= event.type === 'mutations-tried' && !isEnough(event);
      },
    },
    invocation,
  );
  if (options.record) {
    await recorder.write(cwd);
    for (const sentence of recorder.alike()) invocation.stderr.write(`${sentence}\n`);
  }
  if (comparison) invocation.stderr.write(comparison.describe());
  return exitCode || (isWeak ? exitCodes.failed : exitCodes.ok);
}

/** @throws UserError for options of which one spoils what another is for. */
function checkTogether({ record, repeat = 1, jobs = 1 }: Options, clusters: readonly string[]): void {
  const refuse = (message: string, hint: string): never => {
    throw new UserError(message, { code: 'usage', hint });
  };
  if (record && (repeat > 1 || clusters.length > 1)) {
    refuse(
      '--record writes what one run of a lesson leaves',
      'Leave out --repeat and all but one --cluster.',
    );
  }
  if (jobs > 1 && clusters.some(isUrl)) {
    refuse('--jobs needs clusters of our own', 'Use --cluster local or docker, or leave out --jobs.');
  }
  if (new Set(clusters).size < clusters.length) {
    refuse('a cluster is given twice', 'To check several times, use --repeat.');
  }
}

/** The kind that the name means, so that the clusters of all jobs are of it; empty where it means none yet. */
const remembered = async (name: string): Promise<readonly string[]> => [(await findKind(name)) ?? []].flat();

/** A URL may hold a password. */
const nameCluster = (cluster: string, at: number): string => (isUrl(cluster) ? `URL ${at + 1}` : cluster);

/** Of the lessons that were checked, what each wrong answer fails with. */
function recordMistakes(lessons: readonly Lesson[]) {
  const found = new Map<string, RecordedMistake[]>(lessons.map(({ id }) => [id, []]));
  const tried: Extract<RunEvent, { type: 'answer-tried' }>[] = [];
  const passed = new Set<string>(); // of one that was cut off, half is known
  const textAt = (lesson: Lesson, line: number) =>
    lesson.steps
      .flatMap(({ parts }) => parts)
      .flatMap((part) => (part.kind === 'prose' ? [] : (part.exercise?.wrongAnswers ?? [])))
      .find(({ place }) => place.line === line)?.text;
  return {
    listen(event: RunEvent) {
      if (event.type === 'lesson-finished' && event.status === 'passed') passed.add(event.lesson);
      if (event.type !== 'answer-tried' || event.answer !== 'wrong' || !event.passed) return;
      const lesson = lessons.find(({ id }) => id === event.lesson);
      const text = lesson && textAt(lesson, event.place.line);
      if (text === undefined) return;
      found.get(lesson!.id)?.push({ hash: hashOf(text), failed: event.failed });
      tried.push(event);
    },
    /** Those that the record cannot tell apart, in sentences. */
    alike: () => describeAlike(tried),
    async write(cwd: string) {
      for (const { id, place } of lessons) {
        const mistakes = found.get(id) ?? [];
        if (mistakes.length === 0 || !passed.has(id)) continue;
        await writeMistakes(path.resolve(cwd, place.file), mistakes);
      }
    },
  };
}
