// Questions of the prompt itself to a server, such as those behind `\d`.
import type { Connection, Row } from '../connect/connection.ts';
import { QueryError } from '../connect/query.ts';

export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** @throws QueryError */
export type Ask = (sql: string, signal: AbortSignal) => Promise<Answer>;

const deadlineMs = 30_000;

export function askOn(connection: Connection): Ask {
  return async (sql, signal) => {
    const rows: Row[] = [];
    const end = await connection.run(sql, { timeoutMs: deadlineMs, signal, onRow: (row) => rows.push(row) });
    if (end.status !== 'done') throw new QueryError(end);
    return { columns: end.columns, rows };
  };
}
