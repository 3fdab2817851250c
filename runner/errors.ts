// Errors that a person caused or can mend. Everything else is a bug and keeps its stack.
import type { Place } from './lesson/types.ts';

/** What kind of trouble it is; `cli.ts` maps each to an exit code. */
export type ErrorCode =
  | 'usage' // wrong arguments: exit 2
  | 'lesson' // an invalid lesson: exit 2
  | 'cluster'; // no cluster, or it was lost: exit 3

export interface UserErrorOptions {
  readonly code: ErrorCode;
  /** What to do next, a sentence. */
  readonly hint?: string;
  readonly place?: Place;
  readonly cause?: unknown;
}

/** Says what failed, the value in quotes, what was expected; shown without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly place: Place | undefined;

  constructor(message: string, { code, hint, place, cause }: UserErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.place = place;
  }
}
