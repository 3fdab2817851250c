// SET of a setting of Citus. PostgreSQL takes any name and value that no library has told it of, and calls nobody; so the built-in engine
// is asked before, and what it refuses is not sent.

import { quoteLiteral } from '../../checks/check.ts';

const setting =
  /^\s*(?:(set)\s+(?:session\s+|local\s+)?|alter\s+(?:system|(?:database|role|user)\s+\S+)\s+set\s+)(citus\.\w+)\s*(?:=|\bto\b)\s*(.*?)\s*;?\s*$/is;

/** The query that asks the engine, where a statement sets such a setting. */
export function settingCheck(sql: string): string | undefined {
  const [, inSession, name, value] = setting.exec(sql) ?? [];
  if (name === undefined || value === undefined) return undefined;
  return `SELECT citus_internal.check_setting(${quoteLiteral(name.toLowerCase())}, ${valueText(value)}, ${inSession !== undefined})`;
}

function valueText(written: string): string {
  if (/^default$/i.test(written)) return 'NULL';
  return /^e?'/i.test(written) ? written : quoteLiteral(written.replace(/^"(.*)"$/, '$1'));
}
