// What every event and every report says of the cluster.

import type { Connection } from '../connect/connection.ts';
import { query } from '../connect/query.ts';
import { readEngine } from './engine.ts';
import type { Cluster, ClusterKind, Engine } from './port.ts';

export interface ClusterInfo {
  readonly kind: ClusterKind;
  readonly name: string;
  readonly workers: number;
  readonly engine: Engine;
  /** A worker to which no session can be opened from here; not asked for where nothing needs one. */
  readonly unreachable?: string;
}

export async function readClusterInfo(
  cluster: Cluster,
  coordinator: Connection,
  signal: AbortSignal,
): Promise<ClusterInfo> {
  const engine = await readEngine(cluster.kind, coordinator, signal);
  const workers = (await cluster.initialWorkers?.()) ?? (await activeWorkers(coordinator, signal));
  return { kind: cluster.kind, name: cluster.name, workers, engine };
}

async function activeWorkers(coordinator: Connection, signal: AbortSignal): Promise<number> {
  const sql = `SELECT count(*) FROM pg_dist_node WHERE groupid <> 0 AND isactive AND noderole = 'primary'`;
  return Number((await query(coordinator, sql, signal))[0]?.[0]);
}

/** A session on the coordinator for as long as the callback runs. */
export async function onCoordinator<T>(
  cluster: Cluster,
  use: (coordinator: Connection) => Promise<T>,
): Promise<T> {
  const connection = await cluster.connect('coordinator');
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}
