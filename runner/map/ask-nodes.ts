// Asks each node, in a connection of its own, for the size of its placements and for the standbys that stream from it.

import type { Connection } from '../connect/connection.ts';
import { query } from '../connect/query.ts';
import type { Replication } from './map-data.ts';
import { countingMs, type NodeAnswers, placementKey, type Size } from './node-answers.ts';
import type { PlacementName } from './read-metadata.ts';

/** @param connections By the name of the node. @param placements May come later: until then the nodes are asked the rest. */
export async function askNodes(
  connections: ReadonlyMap<string, Promise<Connection | undefined>>,
  placements: Promise<readonly PlacementName[]>,
  signal: AbortSignal,
): Promise<NodeAnswers> {
  const sizes = new Map<string, Size>();
  const replications = new Map<string, Replication>();
  const askNode = async (node: string, opening: Promise<Connection | undefined>) => {
    const connection = await opening;
    if (connection === undefined) return;
    for (const [standby, replication] of await readReplications(connection, signal)) {
      replications.set(standby, replication);
    }
    const own = (await placements).filter((placement) => placement.node === node);
    await count(connection, own, signal, (shardId, size) => sizes.set(placementKey(node, shardId), size));
  };
  await Promise.all([...connections].map(([node, opening]) => askNode(node, opening).catch(() => {})));
  return { sizes, replications, unreachable: new Set() };
}

const replicationMs = 1_000;

async function readReplications(primary: Connection, signal: AbortSignal) {
  const rows = await query(primary, replicationSql, signal, replicationMs);
  return rows.map(([standby, isSynchronous, bytes, ms]): [string, Replication] => {
    const lag = { bytes: Number(bytes), ms: ms == null ? null : Number(ms) };
    return [standby!, { isSynchronous: isSynchronous === 't', lag }];
  });
}

/** `replay_lag` is NULL for a standby that is not behind. */
const replicationSql = `
  SELECT application_name,
         sync_state IN ('sync', 'quorum'),
         greatest(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0),
         round(extract(epoch FROM replay_lag) * 1000)
    FROM pg_stat_replication
   WHERE state = 'streaming'
     AND replay_lsn IS NOT NULL`;

/** A learner's transaction may have locked a table. */
const lockMs = 100;

/** One statement for each table, so that one that is locked or too large does not hide those before it. */
async function count(
  node: Connection,
  placements: readonly PlacementName[],
  signal: AbortSignal,
  onSize: (shardId: number, size: Size) => void,
): Promise<void> {
  const deadline = performance.now() + countingMs;
  await query(node, `SET lock_timeout = ${lockMs}`, signal, countingMs);
  for (const table of new Set(placements.map((placement) => placement.table))) {
    const sql = placements.filter((placement) => placement.table === table).map(countSql);
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return;
    const rows = await query(node, sql.join(' UNION ALL '), signal, leftMs).catch(() => []);
    for (const [shardId, rowCount, bytes] of rows) {
      onSize(Number(shardId), { rows: Number(rowCount), bytes: Number(bytes) });
    }
  }
}

const countSql = ({ shardId, relation }: PlacementName) =>
  `SELECT ${shardId}, count(*), pg_total_relation_size('${relation.replaceAll("'", "''")}') FROM ${relation}`;
