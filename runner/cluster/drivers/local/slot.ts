// Physical replication slots: the node that a standby follows keeps the log that the standby has not read.
import type { Client } from 'pg';
import { withClient } from '../../connect/client.ts';
import { findNode } from '../../orchestration/node-record.ts';
import * as streaming from '../../orchestration/streaming.ts';
import { addressOf } from './address.ts';
import { isRunning } from './postmaster.ts';
import { dataDir, type NodeRecord } from './record.ts';
import type { Work } from './servers.ts';

/** None where there is one already. */
export async function makeSlot(work: Work, standby: NodeRecord): Promise<void> {
  await onFollowed(work, standby, (client) => streaming.makeSlot(client, standby.name));
}

/** Where the standby has one. A node that is down keeps it until the next reset. */
export async function dropSlot(work: Work, standby: NodeRecord): Promise<void> {
  const of = standby.follows?.slot ? standby.follows.of : undefined;
  if (of === undefined || !(await isRunning(dataDir(work.dir, of)))) return;
  await onFollowed(work, standby, (client) => streaming.dropSlot(client, standby.name));
}

async function onFollowed(
  { name, record, signal }: Work,
  { follows }: NodeRecord,
  use: (client: Client) => Promise<unknown>,
): Promise<void> {
  const followed = findNode(name, record, follows!.of);
  await withClient(addressOf(followed, record.password), { signal, database: 'template1' }, use);
}
