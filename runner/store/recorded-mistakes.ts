// How each wrong answer of a lesson fails: `03-distribution.mistakes.json` beside the lesson, written by `lesson check --record`.
// Whoever fails in the same way, by whatever answer, reads what the author says of it.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { FailedCheck } from '../session/events.ts';
import { readIfThere, writeWhole } from '../system/files.ts';

export interface RecordedMistake {
  /** Of the text of the wrong answer. */
  readonly hash: string;
  readonly failed: readonly FailedCheck[];
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const fileBeside = (lessonFile: string): string =>
  path.join(path.dirname(lessonFile), `${path.basename(lessonFile, '.md')}.mistakes.json`);

/** Empty where there are none, or where the file says something else. */
export async function readMistakes(lessonFile: string): Promise<readonly RecordedMistake[]> {
  const text = await readIfThere(fileBeside(lessonFile)).catch(() => undefined);
  try {
    const value = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter(isRecorded) : [];
  } catch {
    return [];
  }
}

export async function writeMistakes(lessonFile: string, mistakes: readonly RecordedMistake[]): Promise<void> {
  await writeWhole(fileBeside(lessonFile), `${JSON.stringify(mistakes, null, 2)}\n`);
}

const isRecorded = (value: Partial<RecordedMistake> | null): value is RecordedMistake =>
  typeof value?.hash === 'string' && Array.isArray(value.failed);
