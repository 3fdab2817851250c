// SET of a setting of Citus. PostgreSQL takes any name and value that no library has told it of, and calls nobody; so the built-in engine
// is asked before, and what it refuses is not sent.

import { quoteLiteral } from '../../checks/check.ts';
import type { Connection, StatementEnd, StatementOptions } from '../../connect/connection.ts';

const setting =
  /^\s*(?:(set)\s+(?:session\s+|local\s+)?|alter\s+(?:system|(?:database|role|user)\s+\S+)\s+set\s+)(citus\.\w+)\s*(?:=|\bto\b)\s*(.*?)\s*;?\s*$/is;

/** Runs one statement, as `connection.run`. */
export async function runStatement(
  connection: Connection,
  sql: string,
  options: StatementOptions,
): Promise<StatementEnd> {
  const [, inSession, name, value] = setting.exec(sql) ?? [];
  if (name !== undefined && value !== undefined && (await hasBuiltInEngine(connection, options))) {
    const check = `SELECT citus_internal.check_setting(${quoteLiteral(name.toLowerCase())}, ${valueText(value)}, ${inSession !== undefined})`;
    const end = await connection.run(check, { timeoutMs: options.timeoutMs, signal: options.signal });
    if (end.status !== 'done') return end;
  }
  return connection.run(sql, options);
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

function valueText(written: string): string {
  if (/^default$/i.test(written)) return 'NULL';
  return /^e?'/i.test(written) ? written : quoteLiteral(written.replace(/^"(.*)"$/, '$1'));
}
