// `shards: 4`: distinct shards of all distributed tables. `shards: {t: 4}`: of one.
import { plural } from '../lesson/plural.ts';
import { cell, compare, type Examine, forEachTable } from './check.ts';

export const shards: Examine<'shards'> = async (expected, probe) => {
  if (typeof expected === 'number') {
    const distributed = `FROM citus_shards WHERE citus_table_type = 'distributed'`;
    const actual = await cell(probe, `SELECT count(DISTINCT shardid) ${distributed}`);
    const look = `SELECT table_name, count(DISTINCT shardid) ${distributed} GROUP BY table_name;`;
    const title = 'shards of all distributed tables';
    const claim = `${plural(expected, 'shard')} in all distributed tables`;
    return [compare({ title, claim, expected, actual, look })];
  }
  return forEachTable(expected, probe, async (table, number) => {
    const ofTable = `FROM citus_shards WHERE table_name = ${table.literal}`;
    const actual = await cell(probe, `SELECT count(DISTINCT shardid) ${ofTable}`);
    return compare({
      title: `shards of ${table.name}`,
      claim: `${plural(number, 'shard')} in ${table.name}`,
      expected: number,
      actual,
      look: `SELECT * ${ofTable};`,
    });
  });
};
