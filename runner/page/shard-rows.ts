// The first rows of one placement: a shard is a table on its node, and can be read there.
import { onCoordinator } from '../cluster/info.ts';
import type { Cluster } from '../cluster/port.ts';
import type { Row } from '../connect/connection.ts';
import { shorten } from '../connect/limit.ts';
import { UserError } from '../errors.ts';
import { readMetadata } from '../map/read-metadata.ts';

export interface ShardRows {
  /** What was run on the node. */
  readonly sql: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

const shownRows = 20;
const timeoutMs = 5_000;

/** @throws UserError where there is no such placement, or its node does not answer. */
export async function shardRows(
  cluster: Cluster,
  { node, shardId }: { readonly node: string; readonly shardId: number },
  signal: AbortSignal,
): Promise<ShardRows> {
  const nodes = await cluster.nodes();
  const { placements } = await onCoordinator(cluster, (coordinator) =>
    readMetadata(coordinator, cluster.kind, nodes, signal),
  );
  const placement = placements.find((each) => each.node === node && each.shardId === shardId);
  if (placement === undefined) throw new UserError(`${node} has no shard ${shardId}`, { code: 'usage' });
  const sql = `SELECT * FROM ${placement.relation} LIMIT ${shownRows};`;
  const connection = await cluster.connect(node).catch((cause: Error) => {
    throw new UserError(`${node} does not answer: ${cause.message}`, { code: 'cluster', cause });
  });
  try {
    const rows: Row[] = [];
    const onRow = (row: Row) => void rows.push(row.map((cell) => cell && shorten(cell)));
    const end = await connection.run(sql, { timeoutMs, signal, onRow });
    if (end.status === 'done') return { sql, columns: end.columns, rows };
    const why = end.status === 'failed' ? end.failure.message : 'no answer in time';
    throw new UserError(`${node}: ${why}`, { code: 'cluster' });
  } finally {
    await connection.close();
  }
}
