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
  const wanted = JSON.stringify(failed);
  const same = recorded.filter((mistake) => JSON.stringify(mistake.failed) === wanted);
  const alike = exercise.wrongAnswers.filter(({ text }) => same.some(({ hash }) => hash === hashOf(text)));
  const [answer, other] = alike;
  return answer && other === undefined ? readMistake(answer) || undefined : undefined;
}
