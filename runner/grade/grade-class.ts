// Grades a class: each answer that nobody knows the verdict of yet is tried, exercise by exercise.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseError } from 'pg';
import { infoFor } from '../app/prepared-cluster.ts';
import { openStates } from '../app/recorded-states.ts';
import type { ClusterInfo } from '../cluster/info.ts';
import type { Cluster } from '../cluster/port.ts';
import { UserError } from '../errors.ts';
import type { Lesson } from '../lesson/types.ts';
import type { ShellEnvironment } from '../session/blocks/shell-block.ts';
import { type Plan, plan } from '../session/plan.ts';
import { statesFile } from '../store/recorded-states.ts';
import { readIfThere } from '../system/files.ts';
import { type KnownVerdicts, keyOf } from './known-verdicts.ts';
import type { Limits } from './limits.ts';
import type { Submissions } from './read-submissions.ts';
import { openSandbox } from './sandbox.ts';
import { type ExerciseGrade, gradeOf, gradeStudent, type StudentGrade, type Task } from './score.ts';
import { compare, type Submission } from './submission.ts';
import { openTrials, type Trials } from './try-answers.ts';
import type { Verdict } from './verdict.ts';

export interface GradeContext {
  readonly cluster: Cluster;
  readonly info: ClusterInfo;
  readonly initSql: string | undefined;
  readonly shell: () => Promise<ShellEnvironment>;
  readonly cwd: string;
  readonly limits: Limits;
  /** Whoever calls has isolated the servers: answers run with the rights of the lesson. */
  readonly isIsolated: boolean;
  readonly known: KnownVerdicts;
  /** What was read beside the lessons, such as hidden checks. */
  readonly extra: string;
  readonly report: (message: string) => void;
  readonly signal: AbortSignal;
}

/** The exercises of these lessons that are worth something. */
export function tasksOf(lessons: readonly Lesson[]): readonly Task[] {
  return lessons.flatMap(({ id: lesson, steps, points = {} }) =>
    steps.flatMap(({ id: exercise, title, parts }): readonly Task[] => {
      const block = parts.find((part) => part.kind !== 'prose' && part.exercise !== undefined);
      if (block === undefined || block.kind === 'prose') return [];
      const rule = points[exercise]?.worth ?? 1;
      return rule === 0 ? [] : [{ lesson, exercise, title, block, rule }];
    }),
  );
}

/** An answer to what is no exercise, or is worth nothing, is not graded. */
const answersTo = ({ lesson, exercise }: Task, all: readonly Submission[]): readonly Submission[] =>
  all.filter((each) => each.lesson === lesson && each.exercise === exercise);

export async function gradeClass(
  lessons: readonly Lesson[],
  { all, students }: Submissions,
  context: GradeContext,
): Promise<readonly StudentGrade[]> {
  const tasks = tasksOf(lessons);
  const total = tasks.flatMap((task) => answersTo(task, all)).length;
  const verdicts = new Map<string, Verdict>();
  const nameOf = ({ student, lesson, exercise }: Omit<Submission, 'text'>) =>
    JSON.stringify([student, lesson, exercise]);
  let done = 0;
  for (const lesson of lessons) {
    const grader = await openLesson(lesson, context);
    try {
      for (const task of tasks.filter((each) => each.lesson === lesson.id)) {
        const answers = answersTo(task, all);
        for (const answer of answers.toSorted((a, b) => compare(a.text, b.text))) {
          verdicts.set(nameOf(answer), await grader.verdict(task, answer.text));
          done += 1;
        }
        if (answers.length > 0) context.report(`${done} of ${total} answers graded`);
        await grader.endExercise();
      }
    } finally {
      await grader.close();
    }
  }
  return students.map((student) =>
    gradeStudent(
      student,
      tasks.map((task): ExerciseGrade => gradeOf(task, verdicts.get(nameOf({ ...task, student })))),
    ),
  );
}

interface LessonGrader {
  verdict(task: Task, text: string): Promise<Verdict>;
  endExercise(): Promise<void>;
  close(): Promise<void>;
}

async function openLesson(lesson: Lesson, context: GradeContext): Promise<LessonGrader> {
  const { cwd, limits, isIsolated, known, extra, signal } = context;
  const file = path.resolve(cwd, lesson.place.file);
  const info = await infoFor(lesson, context);
  const planned = plan(lesson, info, { solve: true });
  const recorded = (await readIfThere(statesFile(file))) ?? '';
  const text = await readFile(file, 'utf8');
  const about = JSON.stringify([
    text,
    recorded,
    extra,
    limits,
    isIsolated,
    info.engine,
    info.workers,
    context.initSql,
    ...lesson.init.flatMap(({ source }) => source?.text ?? []),
  ]);
  let trials: Trials | undefined;
  const open = async (task: Task): Promise<Trials> => {
    trials ??= await openExercise(planned, task, context, file);
    return trials;
  };
  return {
    async verdict(task, answer) {
      const key = keyOf(about, task.exercise, answer);
      const before = known.get(key);
      if (before !== undefined) return before;
      const verdict = await (await open(task)).try(answer);
      signal.throwIfAborted();
      await known.add(key, verdict);
      return verdict;
    },
    async endExercise() {
      await trials?.close();
      trials = undefined;
    },
    close: async () => trials?.close(),
  };
}

/** @throws UserError where the solution of the author does not pass: then nobody's answer can. */
async function openExercise(planned: Plan, task: Task, context: GradeContext, file: string): Promise<Trials> {
  const { cluster, isIsolated, limits, initSql, shell, signal } = context;
  const { block, lesson, exercise } = task;
  const where = `${lesson}/${exercise}`;
  if (block.kind === 'shell' && !isIsolated)
    throw needsIsolation(where, 'its answers are commands of a shell');
  const target = planned.byId.get(block.id)!;
  const skip = planned.skip ?? target.skip;
  if (skip !== undefined) {
    throw new UserError(`the exercise ${where} does not run here: ${skip}`, {
      code: 'usage',
      place: block.place,
    });
  }
  const trials = openTrials(planned, target, {
    cluster,
    states: await openStates(planned, file, {}),
    initSql,
    shell,
    signal,
    limits,
    sandbox: isIsolated ? undefined : openSandbox(cluster, { limits, signal }),
  });
  try {
    const { passed, reason } = await trials.try(block.exercise!.solutions[0]!.text);
    if (passed) return trials;
    if (!isIsolated && isDenied(reason))
      throw needsIsolation(where, `its own solution needs a superuser (${reason})`);
    throw new UserError(`the solution of the exercise ${where} does not pass: ${reason}`, {
      code: 'lesson',
      place: block.place,
      hint: `Run "lesson check ${lesson}".`,
    });
  } catch (error) {
    await trials.close();
    if ((error as DatabaseError).code !== lockNotAvailable) throw error;
    throw needsIsolation(where, 'where it starts, a transaction of the lesson holds locks');
  }
}

const lockNotAvailable = '55P03';

/** `insufficient_privilege`. */
const isDenied = (reason: string) => reason.includes('42501');

const needsIsolation = (where: string, why: string) =>
  new UserError(`the exercise ${where} cannot be graded in the sandbox: ${why}`, {
    code: 'usage',
    hint: `Grade it in a container of its own for each student, with --isolated; or give it no points: "${where.split('/')[1]}: 0" below "points:" in the front matter of its lesson.`,
  });
