// `true: SELECT …`: the query, or each of a list, returns true.
import type { CheckKind, Finding, Probe } from './check.ts';
import { listOf, text } from './shape.ts';

export const isTrue: CheckKind<readonly string[]> = {
  value: listOf(text, 'one'),
  examine: (expected, probe) => Promise.all(expected.map((sql) => examineOne(sql, probe))),
};

async function examineOne(sql: string, probe: Probe): Promise<Finding> {
  const base = { title: 'true', expected: 't', look: sql };
  try {
    const rows = await probe.coordinator(sql);
    const only = rows.length === 1 && rows[0]?.length === 1 ? rows[0][0] : undefined;
    const actual = only === undefined ? `${rows.length} rows` : (only ?? 'NULL');
    return { ...base, held: only === 't', actual };
  } catch (error) {
    return { ...base, held: false, actual: (error as Error).message };
  }
}
