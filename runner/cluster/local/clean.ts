// The clean databases that a lesson without tables starts from, made from scratch.
import type { Client } from 'pg';
import { withClient } from '../client.ts';
import { addressOf } from './cluster.ts';
import type { ClusterRecord } from './record.ts';
import { createEngine, registerNodes } from './registration.ts';
import { snapshotName, takeSnapshot } from './snapshot.ts';

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

/** From a database that is not to be dropped, copied or left in use. */
export async function onEachNode(
  { nodes, password }: ClusterRecord,
  signal: AbortSignal,
  use: (client: Client, index: number) => Promise<unknown>,
): Promise<void> {
  await Promise.all(
    nodes.map((node, i) =>
      withClient(addressOf(node, password), { signal, database: 'template1' }, (client) => use(client, i)),
    ),
  );
}
