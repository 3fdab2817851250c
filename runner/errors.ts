// Errors that a person caused or can remedy, and what is said of all others.
import type { Place } from './lesson/types.ts';

/** What kind of error it is; `cli.ts` maps each to an exit code. */
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

/** What a person can do where the system refuses something that can happen anywhere. */
const remedies: Readonly<Record<string, string>> = {
  EMFILE: 'Raise the limit on open files, for instance with "ulimit -n 1024".',
  ENFILE: 'This machine has too many open files: close some programs.',
  ENOSPC: 'Free some space on that disk.',
  EDQUOT: 'Free some space on that disk.',
  EROFS: 'That disk is read-only.',
};

/** For an error that nobody expected: a sentence, and its stack only where the environment asks for it. */
export function explainUnexpected(error: unknown, debug: string | undefined): string {
  const { message, stack, code = '' } = (error instanceof Error ? error : {}) as NodeJS.ErrnoException;
  const remedy =
    remedies[code] ?? 'This is a bug in lesson: please report it, with what LESSON_DEBUG=1 shows.';
  return `lesson: ${(debug && stack) || message || String(error)}\n${remedy}\n`;
}
