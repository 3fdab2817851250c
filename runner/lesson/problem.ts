// The mistakes of a lesson's author. They are collected, so that one look shows all of them.
import { UserError } from '../errors.ts';
import type { Place } from './types.ts';

export interface Problem {
  readonly place: Place;
  /** What was found, in quotes, and what is known or expected; the place is not repeated. */
  readonly message: string;
}

/**
 * How the parts of the parser report a mistake and continue. `unfilled` is one that `lesson update` takes away: an expectation
 * that says nothing yet; `uncaptured`, a name that no block above captures.
 */
export type ReportProblem = (line: number, message: string, what?: 'unfilled' | 'uncaptured') => void;

/** More than anybody corrects at once. */
const SHOWN_PROBLEMS = 100;

/** An invalid lesson. The message has one line a problem: `lessons/03-distribution.md:41: unknown check "row"; …`. */
export class LessonError extends UserError {
  /** In the order of the file; at least one. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.slice(0, SHOWN_PROBLEMS).map(formatProblem);
    if (problems.length > lines.length) lines.push(`and ${problems.length - lines.length} more`);
    super(lines.join('\n'), { code: 'lesson' });
    this.problems = problems;
  }
}

export function formatProblem({ place, message }: Problem): string {
  return `${place.file}:${place.line}: ${message}`;
}
