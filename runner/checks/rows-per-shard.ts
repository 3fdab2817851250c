// `rows_per_shard: {t: [240, 250, 230, 280]}`: `count(*)` on each shard, in the order of the shard ids.
import { compare, type Examine, forEachTable } from './check.ts';

export const rowsPerShard: Examine<'rows_per_shard'> = (expected, probe) =>
  forEachTable(expected, probe, async ({ name, literal }, numbers) => {
    const counts = `run_command_on_shards(${literal}, 'SELECT count(*) FROM %s')`;
    const sql = `SELECT shardid, success, result FROM ${counts} ORDER BY shardid`;
    const actual = (await probe.coordinator(sql)).map(([, success, result]) =>
      success === 't' ? result : `failed: ${result}`,
    );
    return compare({
      title: `rows in each shard of ${name}`,
      claim: `the shards of ${name} have ${numbers.join(', ')} rows`,
      expected: numbers.join(', '),
      actual: actual.join(', '),
      look: `${sql};`,
    });
  });
