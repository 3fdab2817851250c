// What is written down of one lesson while a learner goes through it: where to go on, and how each exercise stands.
import type { Engine } from '../cluster/port.ts';
import { type Plan, runsMost } from '../session/plan.ts';
import type { LearnerFolder } from '../store/learner-folder.ts';
import {
  changeProgress,
  type ExerciseProgress,
  type LessonProgress,
  type LessonStanding,
  readProgress,
  standingOf,
  untouched,
} from '../store/progress.ts';

export interface Notes {
  readonly progress: LessonProgress;
  exercise(id: string): ExerciseProgress;
  /** The lesson begins at its beginning: its exercises are to be done again. */
  beginAnew(): Promise<void>;
  reached(block: string): Promise<void>;
  change(exercise: string, change: Partial<ExerciseProgress>): Promise<void>;
  /** The end was reached. */
  finish(plan: Plan, options: { readonly isPartial: boolean }): Promise<LessonStanding>;
}

export async function openNotes(
  folder: LearnerFolder,
  lesson: string,
  engine: Engine['kind'],
): Promise<Notes> {
  let progress = (await readProgress(folder))[lesson] ?? untouched;
  const write = (change: (before: LessonProgress) => LessonProgress) => {
    progress = change(progress);
    return changeProgress(folder, lesson, () => progress);
  };
  const exercise = (id: string) => progress.exercises[id] ?? fresh();
  return {
    get progress() {
      return progress;
    },
    exercise,
    beginAnew: () => write(({ next: _, ...rest }) => ({ ...rest, exercises: {} })),
    async reached(block) {
      if (progress.next !== block) await write((before) => ({ ...before, next: block }));
    },
    change: (id, change) =>
      write((before) => ({
        ...before,
        exercises: { ...before.exercises, [id]: { ...exercise(id), ...change, at: now() } },
      })),
    async finish(plan, { isPartial }) {
      const exercises = exercisesOf(plan);
      const isSkipped = !runsMost(plan) || (exercises.length === 0 && isPartial);
      const standing = isSkipped ? 'skipped' : standingOf(progress, exercises);
      // Whoever goes through a lesson once more loses nothing.
      const status = progress.status === 'passed' ? progress.status : standing;
      await write(({ next: _, ...before }) => ({ ...before, status, at: now(), engine }));
      return standing;
    },
  };
}

const exercisesOf = ({ blocks }: Plan) =>
  blocks.filter(({ block, skip }) => block.exercise !== undefined && skip === undefined).map(({ id }) => id);

const now = () => new Date().toISOString();

const fresh = (): ExerciseProgress => ({
  status: 'open',
  attempts: 0,
  hints: 0,
  sawSolution: false,
  at: now(),
});
