// `replication_factor: {t: 2}`: placements of each shard.
import { plural } from '../lesson/plural.ts';
import { compare, type Examine, forEachTable } from './check.ts';

export const replicationFactor: Examine<'replication_factor'> = (expected, probe) =>
  forEachTable(expected, probe, async ({ name, literal }, factor) => {
    const sql = `SELECT shardid, count(*) FROM citus_shards WHERE table_name = ${literal} GROUP BY shardid`;
    const factors = new Set((await probe.coordinator(sql)).map(([, placements]) => placements));
    const actual = factors.size === 0 ? 'no shards' : [...factors].join(' and ');
    return compare({
      title: `placements a shard of ${name}`,
      claim: `each shard of ${name} has ${plural(factor, 'placement')}`,
      expected: factor,
      actual,
      look: `${sql};`,
    });
  });
