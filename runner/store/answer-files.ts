// The learner's answers as files, one for each exercise, which any editor can change.
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { PlannedBlock } from '../session/plan.ts';
import { readIfThere, writePrivate } from '../system/files.ts';
import type { LearnerFolder } from './learner-folder.ts';

export interface AnswerFile {
  readonly file: string;
  /** Undefined where there is none. */
  readonly read: () => Promise<string | undefined>;
  /** What was written here last. */
  readonly kept: () => string | undefined;
  /** One after the other. What was there before and is not from here is moved to a file of the same name with a tilde. */
  readonly keep: (text: string) => Promise<void>;
}

/** Named after the step of the exercise: `answers/03-distribution/exercise-spread-the-orders.sql`. */
export function answerFile(folder: LearnerFolder, lesson: string, exercise: PlannedBlock): AnswerFile {
  const dir = folder.answersOf(lesson);
  const { block, step } = exercise; // the only one of its step
  const file = path.join(dir, `${step.step.id}.${block.kind === 'sql' ? 'sql' : 'sh'}`);
  let kept: string | undefined;
  let keeping = Promise.resolve();

  async function write(text: string): Promise<void> {
    const there = await readIfThere(file);
    if (there === text) return;
    await mkdir(dir, { recursive: true });
    if (there !== undefined && there !== kept) await rename(file, `${file}~`);
    await writePrivate(file, text, undefined);
    kept = text;
  }

  return {
    file,
    read: () => readIfThere(file),
    kept: () => kept,
    keep(text) {
      const done = keeping.then(() => write(text));
      keeping = done.catch(() => {});
      return done;
    },
  };
}
