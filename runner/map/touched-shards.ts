// Which shards a query touches.
import { shardsIn } from '../checks/tasks.ts';
import type { Cluster } from '../cluster/port.ts';
import { query } from '../connect/query.ts';

/** By EXPLAIN, which runs nothing: on Citus it names each task's shard, on the built-in engine what it reads. */
export async function touchedShards(
  sql: string,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const connection = await cluster.connect('coordinator');
  try {
    await query(connection, 'SET citus.explain_all_tasks TO on', signal);
    const rows = await query(connection, `EXPLAIN (COSTS OFF) ${sql}`, signal);
    return shardsIn(rows.map(([line]) => line).join('\n'));
  } finally {
    await connection.close();
  }
}

/** Statements that can be explained. */
export const isExplainable = (sql: string): boolean => /^\s*(SELECT|INSERT|UPDATE|DELETE)\b/i.test(sql);
