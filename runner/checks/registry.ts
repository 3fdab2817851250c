// What each check of `lesson/check-values.ts` asks.
import type { CheckName } from '../lesson/check-values.ts';
import type { Examine } from './check.ts';
import { copies } from './copies.ts';
import { columns, returns, value } from './last-result.ts';
import { lost } from './lost.ts';
import { node } from './node.ts';
import { placement } from './placement.ts';
import { replicationFactor } from './replication-factor.ts';
import { rows } from './rows.ts';
import { rowsPerShard } from './rows-per-shard.ts';
import { shards } from './shards.ts';
import { standbys } from './standbys.ts';
import { tasks } from './tasks.ts';
import { isTrue } from './true.ts';
import { workers } from './workers.ts';

/** Of a table that is distributed, or of workers: one server has neither. */
function ofShards<N extends CheckName>(name: N, examine: Examine<N>): Examine<N> {
  return async (expected, probe) =>
    probe.hasShards
      ? examine(expected, probe)
      : [
          {
            passed: false,
            title: name,
            expected: JSON.stringify(expected),
            actual: 'this cluster is one PostgreSQL server, without shards and workers',
          },
        ];
}

export const checks: { readonly [N in CheckName]: Examine<N> } = {
  shards: ofShards('shards', shards),
  placement: ofShards('placement', placement),
  rows,
  rows_per_shard: ofShards('rows_per_shard', rowsPerShard),
  workers: ofShards('workers', workers),
  replication_factor: ofShards('replication_factor', replicationFactor),
  standbys,
  node,
  copies: ofShards('copies', copies),
  lost,
  tasks: ofShards('tasks', tasks),
  returns,
  columns,
  value,
  true: isTrue,
};
