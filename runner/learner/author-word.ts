// What the author says of the mistake that a learner made: of this very answer, else of the one wrong answer that fails the
// same checks with the same values.
import { knownMistake, readMistake } from '../lesson/known-mistake.ts';
import type { Exercise } from '../lesson/types.ts';
import type { FailedCheck } from '../session/events.ts';
import { hashOf, type RecordedMistake } from '../store/recorded-mistakes.ts';

export interface Mistake {
  /** What was tried, the likeliest first: all of it, its last statement. */
  readonly answers: readonly string[];
  readonly failed: readonly FailedCheck[];
  /** How the wrong answers of the lesson fail. */
  readonly recorded: readonly RecordedMistake[];
}

/** Markdown; undefined where the author knows no such mistake. */
export async function authorWord(
  exercise: Exercise,
  { answers, failed, recorded }: Mistake,
): Promise<string | undefined> {
  for (const answer of answers) {
    const word = await knownMistake(exercise, answer);
    if (word !== undefined) return word;
  }
  const same = recorded.filter((mistake) => failsAlike(mistake.failed, failed));
  const alike = exercise.wrongAnswers.filter(({ text }) => same.some(({ hash }) => hash === hashOf(text)));
  const [answer, other] = alike;
  return answer && other === undefined ? readMistake(answer) || undefined : undefined;
}

/** What was recorded before rows were compared has none. */
const failsAlike = (recorded: readonly FailedCheck[], failed: readonly FailedCheck[]): boolean =>
  recorded.length === failed.length &&
  recorded.every(({ title, actual, rows }, at) => {
    const other = failed[at]!;
    return title === other.title && actual === other.actual && (rows === undefined || rows === other.rows);
  });
