// The answers of a class: `STUDENT/LESSON/EXERCISE.sql`, in a folder or a zip, or one file.

export interface Submission {
  readonly student: string;
  readonly lesson: string;
  readonly exercise: string;
  readonly text: string;
}

/** More than any answer needs. */
export const mostBytes = 100_000;

/**
 * What a path says, from its end: also `STUDENT/.lesson/answers/LESSON/EXERCISE.sql`, where a learner's folder was handed in.
 * Undefined where it is no answer.
 * @param student Whose it is, where that is known.
 */
export function readPath(path: string, student?: string): Omit<Submission, 'text'> | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const file = parts.pop();
  const exercise = /^([^.].*)\.(sql|sh)$/.exec(file ?? '')?.[1];
  const lesson = parts.pop();
  const inner = parts.findIndex((part) => part === '.lesson' || part === 'answers');
  const name = student ?? (inner === -1 ? parts : parts.slice(0, inner)).at(-1);
  if (exercise === undefined || lesson === undefined || name === undefined) return undefined;
  return { student: name, lesson, exercise };
}

export const bySubmission = (a: Submission, b: Submission): number =>
  compare(a.student, b.student) || compare(a.lesson, b.lesson) || compare(a.exercise, b.exercise);

/** By code units: the same on every machine. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
