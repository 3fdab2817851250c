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

export const checks: { readonly [N in CheckName]: Examine<N> } = {
  shards,
  placement,
  rows,
  rows_per_shard: rowsPerShard,
  workers,
  replication_factor: replicationFactor,
  standbys,
  node,
  copies,
  lost,
  tasks,
  returns,
  columns,
  value,
  true: isTrue,
};
