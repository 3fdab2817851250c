// `true: SELECT …`: the query, or each of a list, returns true.
import { plural } from '../lesson/plural.ts';
import type { Examine, Finding, Probe } from './check.ts';

export const isTrue: Examine<'true'> = async (expected, probe) => {
  const findings: Finding[] = [];
  for (const sql of expected) findings.push(await examineOne(sql, probe)); // one session runs one at a time
  return findings;
};

async function examineOne(sql: string, probe: Probe): Promise<Finding> {
  const base = { title: 'true', expected: 't', look: sql };
  try {
    const rows = await probe.coordinator(sql);
    const only = rows.length === 1 && rows[0]?.length === 1 ? rows[0][0] : undefined;
    const actual = only === undefined ? plural(rows.length, 'row') : (only ?? 'NULL');
    return { ...base, passed: only === 't', actual };
  } catch (error) {
    return { ...base, passed: false, actual: (error as Error).message };
  }
}
