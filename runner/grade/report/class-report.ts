// What every format is made of. Nothing in it depends on when it was made, or how long it took.

import type { ExerciseGrade, StudentGrade } from '../score.ts';
import type { SimilarPair } from '../similar.ts';

export interface ClassReport {
  readonly students: readonly StudentGrade[];
  /** Present where they were asked for. */
  readonly similar?: readonly SimilarPair[];
}

export const nameOf = ({ lesson, exercise }: Pick<ExerciseGrade, 'lesson' | 'exercise'>): string =>
  `${lesson}/${exercise}`;

/** `2 of 3`. */
export const scoreOf = ({ points, max }: Pick<StudentGrade, 'points' | 'max'>): string =>
  `${points} of ${max}`;

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
