// One statement of a learner, on a cluster that may have the built-in engine: PostgreSQL tells an engine in SQL nothing of settings and
// roles, so it is asked before, and told afterwards.
import type { Connection, StatementEnd, StatementOptions } from '../../connect/connection.ts';
import { settingCheck } from './citus-settings.ts';
import { changesRoles } from './role-changes.ts';

/** Runs one statement, as `connection.run`. What the engine refuses is not sent. */
export async function runStatement(
  connection: Connection,
  sql: string,
  options: StatementOptions,
): Promise<StatementEnd> {
  const check = settingCheck(sql);
  const isAboutRoles = changesRoles(sql);
  const concernsEngine = check !== undefined || isAboutRoles;
  if (!concernsEngine || !(await hasBuiltInEngine(connection, options))) return connection.run(sql, options);
  const limits = { timeoutMs: options.timeoutMs, signal: options.signal };
  if (check !== undefined) {
    const checked = await connection.run(check, limits);
    if (checked.status !== 'done') return checked;
  }
  const end = await connection.run(sql, options);
  if (!isAboutRoles || end.status !== 'done') return end;
  const told = await connection.run('SELECT citus_internal.tell_roles()', limits);
  return told.status === 'done' ? end : told;
}

async function hasBuiltInEngine(connection: Connection, { timeoutMs, signal }: StatementOptions) {
  let has = false;
  await connection.run(`SELECT to_regproc('citus_internal.check_setting') IS NOT NULL`, {
    timeoutMs,
    signal,
    onRow: ([value]) => {
      has = value === 't';
    },
  });
  return has;
}
