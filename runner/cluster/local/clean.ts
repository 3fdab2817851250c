// The clean databases that a lesson without tables starts from, made from scratch.
import { onEachNode } from '../clean/each-node.ts';
import { snapshotName, takeSnapshot } from '../clean/snapshot.ts';
import type { ClusterRecord } from './record.ts';
import { createEngine, registerNodes } from './registration.ts';

/** From databases `postgres` that have nothing in them to those that a lesson without tables starts from. */
export async function makeClean(record: ClusterRecord, signal: AbortSignal): Promise<void> {
  await createEngine(record, signal);
  await registerNodes(record, signal);
  await keep(record, snapshotName(record), signal);
}

/** Copies `postgres` as it is now. */
export async function keep(record: ClusterRecord, snapshot: string, signal: AbortSignal): Promise<void> {
  await onEachNode(record, signal, (client) => takeSnapshot(client, snapshot));
}

export async function nextTransactions(
  record: ClusterRecord,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const next: string[] = [];
  await onEachNode(record, signal, async (client, i) => {
    const { rows } = await client.query('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next');
    next[i] = rows[0].next;
  });
  return next;
}
