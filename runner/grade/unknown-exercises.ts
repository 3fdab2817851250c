// Answers that belong to no exercise: their file has another name than a step.
import { unknownWord } from '../lesson/nearest.ts';
import type { Lesson } from '../lesson/types.ts';
import type { Submission } from './submission.ts';

/** A sentence for each name, with the one that was probably meant. */
export function unknownExercises(
  lessons: readonly Lesson[],
  submissions: readonly Pick<Submission, 'lesson' | 'exercise'>[],
): readonly string[] {
  return lessons.flatMap(({ id, steps }) => {
    const known = steps
      .filter(({ parts }) => parts.some((part) => part.kind !== 'prose' && part.exercise !== undefined))
      .map((step) => step.id);
    const named = submissions.filter(({ lesson }) => lesson === id).map(({ exercise }) => exercise);
    return [...new Set(named)]
      .filter((exercise) => !known.includes(exercise))
      .map((exercise) => `${id}: ${unknownWord('exercise', exercise, known)}`);
  });
}
