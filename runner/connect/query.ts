// A question to a server, for checks and commands: small, bounded, and an error where it fails.
import type { Connection, Row, SqlFailure, StatementEnd } from './connection.ts';

const usualDeadlineMs = 30_000;

/** A question that got no answer: SQL that failed, a deadline that passed, a connection that was lost. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly end: Exclude<StatementEnd, { status: 'done' }>;

  constructor(end: Exclude<StatementEnd, { status: 'done' }>) {
    super(explain(end));
    this.end = end;
  }

  get failure(): SqlFailure | undefined {
    return this.end.status === 'failed' ? this.end.failure : undefined;
  }
}

/** All rows of a small result; throws a QueryError. */
export async function query(
  connection: Connection,
  sql: string,
  signal: AbortSignal,
  timeoutMs = usualDeadlineMs,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const end = await connection.run(sql, { timeoutMs, signal, onRow: (row) => rows.push(row) });
  if (end.status !== 'done') throw new QueryError(end);
  return rows;
}

function explain(end: Exclude<StatementEnd, { status: 'done' }>): string {
  switch (end.status) {
    case 'failed':
      return `${end.failure.sqlstate}: ${end.failure.message}`;
    case 'timed-out':
      return `no answer within ${Math.round(end.ms)} ms`;
    case 'interrupted':
      return 'interrupted';
    case 'lost':
      return `the connection was lost: ${end.message}`;
  }
}
