// Physical replication slots: the node that a standby follows keeps the log that the standby has not read.
import type { Client } from 'pg';
import { withClient } from '../client.ts';
import { addressOf } from './address.ts';
import { findNode } from './cluster.ts';
import { slotName } from './following.ts';
import { isRunning } from './postmaster.ts';
import { dataDir, type NodeRecord } from './record.ts';
import type { Work } from './servers.ts';

/** None where there is one already. */
export async function makeSlot(work: Work, standby: NodeRecord): Promise<void> {
  await onFollowed(work, standby, (client) =>
    client.query(
      `SELECT pg_create_physical_replication_slot($1, immediately_reserve => true)
        WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
      [slotName(standby.name)],
    ),
  );
}

/** Where the standby has one. A node that is down keeps it until the next reset. */
export async function dropSlot(work: Work, standby: NodeRecord): Promise<void> {
  const of = standby.follows?.slot ? standby.follows.of : undefined;
  if (of === undefined || !(await isRunning(dataDir(work.dir, of)))) return;
  await onFollowed(work, standby, (client) =>
    client.query(
      `SELECT pg_terminate_backend(active_pid, 5000), pg_drop_replication_slot(slot_name)
         FROM pg_replication_slots
        WHERE slot_name = $1`,
      [slotName(standby.name)],
    ),
  );
}

async function onFollowed(
  { name, record, signal }: Work,
  { follows }: NodeRecord,
  use: (client: Client) => Promise<unknown>,
): Promise<void> {
  const followed = findNode(name, record, follows!.of);
  await withClient(addressOf(followed, record.password), { signal, database: 'template1' }, use);
}
