// The mistakes of a lesson's author. They are collected, so that one look shows all of them.
import { UserError } from '../errors.ts';
import type { Place } from './types.ts';

export interface Problem {
  readonly place: Place;
  /** What was found, in quotes, and what is known or expected; the place is not repeated. */
  readonly message: string;
}

/** How the parts of the parser tell of a mistake and go on. */
export type Report = (line: number, message: string) => void;

/** An invalid lesson. The message has one line a problem: `lessons/03-distribution.md:41: unknown check "row"; …`. */
export class LessonError extends UserError {
  /** In the order of the file; at least one. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'), { code: 'lesson' });
    this.problems = problems;
  }
}

export function formatProblem({ place, message }: Problem): string {
  return `${place.file}:${place.line}: ${message}`;
}
