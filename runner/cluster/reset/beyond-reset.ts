import { UserError } from '../../errors.ts';

/** The databases cannot be put back by SQL: nobody can log in, or what is needed for it is gone. `cause` says what. */
export class BeyondReset extends UserError {
  constructor(cause: unknown) {
    super(`the cluster could not be reset: ${(cause as Error).message}`, {
      code: 'cluster',
      hint: 'Run "lesson up" to repair or replace the cluster.',
      cause,
    });
  }
}
