// `true: SELECT …`: the query, or each of a list, returns true. A list is one claim, and fails with its first that does not.
import { plural } from '../lesson/plural.ts';
import { type Examine, type Finding, judge, type Probe } from './check.ts';

export const isTrue: Examine<'true'> = async (expected, probe) => {
  let finding: Finding | undefined;
  for (const sql of expected) {
    finding = await examineOne(sql, probe);
    if (!finding.passed) break;
  }
  return finding === undefined ? [] : [finding];
};

async function examineOne(sql: string, probe: Probe): Promise<Finding> {
  const words = { title: 'condition', claim: 'the condition holds', expected: 'true', look: sql };
  try {
    const rows = await probe.coordinator(sql);
    const only = rows.length === 1 && rows[0]?.length === 1 ? rows[0][0] : undefined;
    const actual =
      only === undefined ? plural(rows.length, 'row') : only === 'f' ? 'false' : (only ?? 'NULL');
    return judge(only === 't', { ...words, actual });
  } catch (error) {
    return judge(false, { ...words, actual: (error as Error).message });
  }
}
