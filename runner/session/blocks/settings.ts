// What the blocks of a lesson have set in a session. An answer may set what it likes: once it has passed, the session is
// set as if the first solution had run there.
import type { Connection } from '../../connect/connection.ts';
import type { SqlStatement } from '../../lesson/plain-sql.ts';
import { splitSql } from '../../lesson/sql.ts';
import type { SqlBlock } from '../../lesson/types.ts';

/** In the order in which they ran. */
const noted = new WeakMap<Connection, readonly string[]>();

/** Remembers which of these statements, which have run, set something for the session. */
export function noteSettings(connection: Connection, statements: readonly SqlStatement[]): void {
  const setting = statements.map(({ text }) => text).filter(setsSession);
  if (setting.length > 0) noted.set(connection, [...(noted.get(connection) ?? []), ...setting]);
}

/** What the blocks of the lesson have set in this session, as statements. */
export const settingsOf = (connection: Connection): readonly string[] => noted.get(connection) ?? [];

/** Sets a session as the blocks of the lesson have set another one. */
export async function runSettings(
  connection: Connection,
  settings: readonly string[],
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<void> {
  noted.set(connection, settings);
  await runAll(connection, settings, limits);
}

async function runAll(
  connection: Connection,
  statements: readonly string[],
  limits: Parameters<typeof runSettings>[2],
): Promise<void> {
  for (const sql of statements) await connection.run(sql, limits);
}

export async function settleSettings(
  connection: Connection,
  { exercise, place, timeoutMs }: SqlBlock,
  signal: AbortSignal,
): Promise<void> {
  if (connection.inTransaction) return;
  noteSettings(connection, await splitSql(exercise?.solutions[0]?.text ?? '', place));
  const all = ['RESET SESSION AUTHORIZATION', 'RESET ALL', ...settingsOf(connection)];
  await runAll(connection, all, { timeoutMs, signal });
}

export const setsSession = (sql: string): boolean =>
  /^\s*(SET(?!\s+(LOCAL|TRANSACTION|CONSTRAINTS)\b)|RESET|DISCARD\s+ALL)\b/i.test(sql) ||
  /^\s*SELECT\s+(pg_catalog\.)?set_config\s*\(/i.test(sql);
