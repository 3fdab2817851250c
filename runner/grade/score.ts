// Verdicts → points. Pure: the same verdicts make the same report.
import { kindsOf } from '../lesson/check-kinds.ts';
import type { Block, PointRule } from '../lesson/types.ts';
import type { Verdict } from './verdict.ts';

/** One exercise that is graded. */
export interface Task {
  readonly lesson: string;
  /** The id of its step, as the file of an answer is named. */
  readonly exercise: string;
  readonly title: string;
  readonly block: Block;
  readonly rule: PointRule['worth'];
}

export interface ExerciseGrade {
  readonly lesson: string;
  readonly exercise: string;
  readonly points: number;
  readonly max: number;
  readonly status: 'passed' | 'failed' | 'missing';
  /** Empty where it has passed. */
  readonly reason: string;
}

export interface StudentGrade {
  readonly student: string;
  readonly points: number;
  readonly max: number;
  readonly exercises: readonly ExerciseGrade[];
}

/** Without one there is no answer. */
export function gradeOf(task: Task, verdict: Verdict | undefined): ExerciseGrade {
  const { lesson, exercise, rule } = task;
  const max = worthOf(rule);
  if (verdict === undefined) {
    return { lesson, exercise, points: 0, max, status: 'missing', reason: 'no answer' };
  }
  const { passed, reason } = verdict;
  return {
    lesson,
    exercise,
    points: pointsFor(task, verdict),
    max,
    status: passed ? 'passed' : 'failed',
    reason,
  };
}

export function gradeStudent(student: string, exercises: readonly ExerciseGrade[]): StudentGrade {
  return {
    student,
    points: sum(exercises.map(({ points }) => points)),
    max: sum(exercises.map(({ max }) => max)),
    exercises,
  };
}

const worthOf = (rule: PointRule['worth']): number =>
  typeof rule === 'number' ? rule : sum(Object.values(rule));

function pointsFor({ rule, block }: Task, { passed, held }: Verdict): number {
  if (typeof rule === 'number') return passed ? rule : 0;
  const kinds = passed ? kindsOf(block) : held;
  return sum(Object.entries(rule).map(([kind, worth]) => (kinds.includes(kind) ? worth : 0)));
}

/** In hundredths: 0.1 + 0.2 is 0.3. */
const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, each) => total + Math.round(each * 100), 0) / 100;
