// `shards: 4`: distinct shards of all distributed tables. `shards: {t: 4}`: of one.
import { cell, compare, type Examine, forEachTable } from './check.ts';

export const shards: Examine<'shards'> = async (expected, probe) => {
  if (typeof expected === 'number') {
    const distributed = `FROM citus_shards WHERE citus_table_type = 'distributed'`;
    const actual = await cell(probe, `SELECT count(DISTINCT shardid) ${distributed}`);
    const look = `SELECT table_name, count(DISTINCT shardid) ${distributed} GROUP BY table_name;`;
    return [compare('shards of all distributed tables', expected, actual, look)];
  }
  return forEachTable(expected, probe, async (table, number) => {
    const ofTable = `FROM citus_shards WHERE table_name = ${table.literal}`;
    const actual = await cell(probe, `SELECT count(DISTINCT shardid) ${ofTable}`);
    return compare(`shards of ${table.name}`, number, actual, `SELECT * ${ofTable};`);
  });
};
