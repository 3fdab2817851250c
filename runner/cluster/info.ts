// What every event and every report says of the cluster.
import type { ClusterInfo } from '../run/events.ts';
import { type Connection, connect } from './connection.ts';
import { readEngine } from './engine.ts';
import { query } from './query.ts';
import type { Cluster } from './types.ts';

export async function readClusterInfo(
  cluster: Cluster,
  coordinator: Connection,
  signal: AbortSignal,
): Promise<ClusterInfo> {
  const engine = await readEngine(coordinator, signal);
  const [row] = await query(
    coordinator,
    `SELECT count(*) FROM pg_dist_node WHERE groupid <> 0 AND isactive AND noderole = 'primary'`,
    signal,
  );
  return { kind: cluster.kind, name: cluster.name, workers: Number(row?.[0]), engine };
}

/** A session on the coordinator for as long as the callback runs. */
export async function onCoordinator<T>(
  cluster: Cluster,
  use: (coordinator: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(await cluster.address('coordinator'));
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}
