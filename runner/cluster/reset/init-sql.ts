// Applies `init.sql`.

import type { Address } from '../../connect/address.ts';
import { withClient } from '../../connect/client.ts';
import { UserError } from '../../errors.ts';

/** What the learner's `init.sql` did, or would not do. */
export class InitSqlError extends UserError {}

const file = 'init.sql';

/** Statement by statement, as psql does, in a new session. @throws InitSqlError that says where. */
export async function applyInit(coordinator: Address, initSql: string, signal: AbortSignal): Promise<void> {
  const { splitSql } = await import('../../lesson/sql.ts');
  const statements = await splitSql(initSql, { file, line: 1 }).catch((cause: UserError) => {
    throw new InitSqlError(cause.message, {
      code: 'cluster',
      place: cause.place ?? { file, line: 1 },
      cause,
    });
  });
  await withClient(coordinator, { signal, timeoutMs: 120_000 }, async (client) => {
    for (const { text, line } of statements) {
      await client.query(text).catch((cause: Error) => {
        signal.throwIfAborted();
        throw new InitSqlError(cause.message, {
          code: 'cluster',
          place: { file, line: line + 1 },
          hint: 'Every lesson starts with init.sql. Correct it, or set "init: false" in lessons that need no tables.',
          cause,
        });
      });
    }
  });
}
