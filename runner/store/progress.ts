// What a learner has done: `progress.json` in the folder of the learner, by course and lesson.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Engine } from '../cluster/port.ts';
import { jsonFile } from '../system/json-file.ts';
import { waitForLock } from '../system/lock.ts';
import type { LearnerFolder } from './learner-folder.ts';

/** By lesson id. */
export type Progress = Readonly<Record<string, LessonProgress>>;

export interface LessonProgress {
  /** How the lesson ended when it was last gone through to its end; absent before that. */
  readonly status?: LessonStanding;
  /** When, in ISO 8601, and on which engine. */
  readonly at?: string;
  readonly engine?: Engine['kind'];
  /** The id of the block at which the learner goes on; absent where the lesson starts at its beginning. */
  readonly next?: string;
  /** By the id of the block. */
  readonly exercises: Readonly<Record<string, ExerciseProgress>>;
}

/**
 * `passed`: every exercise was solved. `helped`: all were, some after their solution had been seen. `skipped`: one
 * was not. `unattended`: nobody was asked (`--yes`).
 */
export type LessonStanding = 'passed' | 'helped' | 'skipped' | 'unattended';

export interface ExerciseProgress {
  readonly status: 'open' | 'solved' | 'skipped';
  /** How many statements were run. */
  readonly attempts: number;
  /** How many hints were shown. */
  readonly hints: number;
  /** Whether the solution was shown before the exercise was solved. */
  readonly sawSolution: boolean;
  /** When it was last worked on, in ISO 8601. */
  readonly at: string;
}

interface ProgressFile {
  readonly format: 1;
  readonly courses: Readonly<Record<string, Progress>>;
}

export const untouched: LessonProgress = { exercises: {} };

const file = ({ dir }: LearnerFolder) =>
  jsonFile<ProgressFile>(path.join(dir, 'progress.json'), { isValid: isProgressFile });

/** Empty where nothing was done yet. */
export async function readProgress(folder: LearnerFolder): Promise<Progress> {
  return (await file(folder).read())?.courses[folder.course] ?? {};
}

/** Changes the progress of one lesson, and of it alone, whatever else is noted at the same time; undefined forgets it. */
export async function changeProgress(
  folder: LearnerFolder,
  lesson: string,
  change: (before: LessonProgress) => LessonProgress | undefined,
): Promise<void> {
  await mkdir(path.join(folder.dir, 'locks'), { recursive: true });
  const lock = await waitForLock({ ...folder, owner: undefined }, 'progress', 'noting progress', {
    timeoutMs: longestMs,
  });
  try {
    const courses = (await file(folder).read())?.courses ?? {};
    const { [lesson]: before = untouched, ...others } = courses[folder.course] ?? {};
    const after = change(before);
    const progress: Progress = after === undefined ? others : { ...others, [lesson]: after };
    await file(folder).write({ format: 1, courses: { ...courses, [folder.course]: progress } });
  } finally {
    if (typeof lock === 'function') await lock();
  }
}

/** A program that hangs must not keep another one from noting what its learner does. */
const longestMs = 10_000;

/** What a lesson with these exercises counts as, once its end was reached. */
export function standingOf(
  { exercises }: Pick<LessonProgress, 'exercises'>,
  ids: readonly string[],
): LessonStanding {
  const all = ids.map((id) => exercises[id]);
  if (!all.every((exercise) => exercise?.status === 'solved')) return 'skipped';
  return all.some((exercise) => exercise?.sawSolution) ? 'helped' : 'passed';
}

function isProgressFile(value: unknown): value is ProgressFile {
  const { format, courses } = (value ?? {}) as Partial<ProgressFile>;
  return format === 1 && isRecord(courses) && Object.values(courses).every(isProgress);
}

const isProgress = (value: unknown): boolean =>
  isRecord(value) && Object.values(value).every((lesson) => isRecord(lesson) && isRecord(lesson.exercises));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
