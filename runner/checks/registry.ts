// All checks by the name that a lesson writes. To add one: its file, and a line here.
import type { CheckKind } from './check.ts';
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

export const checkKinds = {
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

export type CheckName = keyof typeof checkKinds;

type ValueOf<K> = K extends CheckKind<infer T> ? T : never;

/** A check's name and its value: `{ kind: 'shards', is: 4 }`. */
export type CheckRule = {
  readonly [N in CheckName]: { readonly kind: N; readonly is: ValueOf<(typeof checkKinds)[N]> };
}[CheckName];
