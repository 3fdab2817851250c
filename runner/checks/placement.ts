// `placement: even`: on each active worker that should have shards as many of a table's shards, or one more.
import { plural } from '../lesson/plural.ts';
import { type Examine, type Finding, forEachTable, judge, type Probe, type Table } from './check.ts';

export const placement: Examine<'placement'> = async (expected, probe) => {
  if (expected !== 'even') return forEachTable(expected, probe, isEven);
  const tables = await probe.coordinator(
    `SELECT DISTINCT table_name::text FROM citus_shards WHERE citus_table_type = 'distributed' ORDER BY 1`,
  );
  if (tables.length === 0) {
    return [{ title: 'placement', passed: false, expected: 'a distributed table', actual: 'none' }];
  }
  return forEachTable(Object.fromEntries(tables.map(([name]) => [name, 'even'])), probe, isEven);
};

async function isEven(table: Table, _expected: 'even', probe: Probe): Promise<Finding> {
  const workers = await probe.coordinator(placementsPerWorker(table));
  const counts = workers.map(([, , placements]) => Number(placements));
  const spread = counts.length === 0 ? 0 : Math.max(...counts) - Math.min(...counts);
  const isThere = counts.some((placements) => placements > 0);
  return judge(isThere && spread <= 1, {
    title: `placement of ${table.name}`,
    claim: `${table.name} is spread evenly over ${plural(counts.length, 'worker')}`,
    expected: 'as many shards on each worker, or one more',
    actual: isThere
      ? workers.map(([name, , placements]) => `${name}: ${placements}`).join(', ')
      : 'no shards',
    look: `SELECT nodename, count(*) FROM citus_shards WHERE table_name = ${table.literal} GROUP BY nodename;`,
  });
}

/** Workers without any are there too: a table that lies on one of two is not even. */
const placementsPerWorker = ({ literal }: Table) =>
  `SELECT node.nodename, node.nodeport, count(shard.shardid)
     FROM pg_dist_node AS node
     LEFT JOIN citus_shards AS shard
       ON (shard.nodename, shard.nodeport, shard.table_name) = (node.nodename, node.nodeport, ${literal})
    WHERE node.isactive AND node.shouldhaveshards AND node.noderole = 'primary'
    GROUP BY node.nodeid, node.nodename, node.nodeport
    ORDER BY node.nodeid`;
