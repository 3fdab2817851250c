// What every event and every report says of the cluster.
import type { ClusterInfo } from '../run/events.ts';
import { connect } from './connection.ts';
import { readEngine } from './engine.ts';
import { query } from './query.ts';
import type { Cluster } from './types.ts';

export async function readClusterInfo(cluster: Cluster, signal: AbortSignal): Promise<ClusterInfo> {
  const connection = await connect(await cluster.address('coordinator'));
  try {
    const engine = await readEngine(connection, signal);
    const [row] = await query(
      connection,
      `SELECT count(*) FROM pg_dist_node WHERE groupid <> 0 AND isactive AND noderole = 'primary'`,
      signal,
    );
    return { kind: cluster.kind, name: cluster.name, workers: Number(row?.[0]), engine };
  } finally {
    await connection.close();
  }
}
