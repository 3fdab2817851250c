// `copies: identical`: all placements of each shard hold the same rows, of every table. `copies: {t: identical}`: of one.
import { type Examine, type Finding, forEachTable, judge, type Probe } from './check.ts';

export const copies: Examine<'copies'> = async (expected, probe) => {
  if (expected !== 'identical') {
    return forEachTable(expected, probe, (table) => examineTable(table.name, table.literal, probe));
  }
  const tables = await probe.coordinator('SELECT DISTINCT table_name::text FROM citus_shards ORDER BY 1');
  const names = Object.fromEntries(tables.map(([name]) => [name, 'identical' as const]));
  if (tables.length > 0) return copies(names, probe);
  const actual = 'no distributed table';
  return [{ title: 'copies', passed: false, expected: 'identical', actual }];
};

/** A table without a second placement has no copies that could be alike. */
async function examineTable(name: string, literal: string, probe: Probe): Promise<Finding> {
  const [[shards, answers, failed, differing, alone] = []] = await probe.coordinator(`
    SELECT count(*),
           sum(placements),
           sum(failed),
           string_agg(shardid::text, ', ' ORDER BY shardid) FILTER (WHERE contents > 1),
           count(*) FILTER (WHERE placements < 2)
      FROM (SELECT shardid,
                   count(*) AS placements,
                   count(*) FILTER (WHERE NOT success) AS failed,
                   count(DISTINCT result) FILTER (WHERE success) AS contents
              FROM run_command_on_placements(${literal},
                     $$SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM %s AS t$$)
             GROUP BY shardid) AS each`);
  const actual = Number(failed)
    ? `${failed} of ${answers} placements did not answer`
    : differing !== null
      ? `the placements of shard ${differing} differ`
      : Number(alone)
        ? `${alone} of ${shards} shards ${Number(alone) === 1 ? 'has' : 'have'} only one placement`
        : 'identical';
  return judge(actual === 'identical', {
    title: `copies of ${name}`,
    claim: `all copies of the shards of ${name} are identical`,
    expected: 'identical',
    actual,
  });
}
