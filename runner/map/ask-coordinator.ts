// Has the coordinator ask the nodes: it may be the only one that can reach those of a cluster that is somebody else's.

import type { Connection, Row } from '../connect/connection.ts';
import { query } from '../connect/query.ts';
import { countingMs, type NodeAnswers, placementKey, type Size } from './node-answers.ts';
import type { RegisteredNode } from './read-metadata.ts';

export async function askThroughCoordinator(
  coordinator: Connection,
  nodes: readonly RegisteredNode[],
  signal: AbortSignal,
): Promise<NodeAnswers> {
  const rows = await query(coordinator, countSql, signal, countingMs).catch((): Row[] => []);
  const sizes = new Map<string, Size>();
  const unreachable = new Set<string>();
  for (const [host, port, shardId, success, result] of rows) {
    const node = nodes.find((each) => each.host === host && each.port === Number(port));
    if (node === undefined) continue;
    const [rowCount, bytes] = result!.split(' ').map(Number);
    if (success === 't') {
      sizes.set(placementKey(node.name, Number(shardId)), { rows: rowCount!, bytes: bytes! });
    } else if (result!.startsWith('failed to connect')) unreachable.add(node.name);
  }
  return { sizes, replications: new Map(), unreachable };
}

/** What is run on each placement gives one value. */
const countSql = `
  SELECT nodename, nodeport, shardid, success, result
    FROM pg_dist_partition,
         run_command_on_placements(logicalrelid,
           'SELECT count(*) || '' '' || pg_total_relation_size(%1$L) FROM %1$s')`;
