// Tells the engine which nodes there are, and where.
import type { Client } from 'pg';
import { UserError } from '../../errors.ts';
import { onEachNode } from '../clean/each-node.ts';
import { withClient } from '../client.ts';
import { addressOf } from './cluster.ts';
import type { ClusterRecord } from './record.ts';
import { addressesOf } from './start.ts';

/** What every server has in its metadata, whatever its real port is: the port of the clusters that docker makes. */
const shownPort = 5432;

/** For databases `postgres` that were made without it. */
export async function createEngine({ nodes, password }: ClusterRecord, signal: AbortSignal): Promise<void> {
  await Promise.all(
    nodes.map((node) =>
      withClient(addressOf(node, password), { signal }, (client) =>
        client.query('CREATE EXTENSION IF NOT EXISTS citus'),
      ),
    ),
  );
}

/** Registers the nodes that the coordinator does not know yet. */
export async function registerNodes(record: ClusterRecord, signal: AbortSignal): Promise<void> {
  await onCoordinator(record, signal, async (client) => {
    await client.query('SELECT citus_set_coordinator_host($1, $2)', [record.nodes[0]!.name, shownPort]);
    for (const { name } of record.nodes.slice(1)) {
      await client.query('SELECT citus_add_node($1, $2)', [name, shownPort]);
    }
  });
}

/** After a server came, or came up on another port. */
export async function refreshAddresses(record: ClusterRecord, signal: AbortSignal): Promise<void> {
  await onEachNode(record, signal, (client) => client.query('SELECT pg_reload_conf()'));
  await onCoordinator(record, signal, async (client) => {
    await client.query('SELECT citus_internal.refresh_addresses()');
  });
}

async function onCoordinator(
  record: ClusterRecord,
  signal: AbortSignal,
  use: (client: Client) => Promise<void>,
) {
  const coordinator = addressOf(record.nodes[0]!, record.password);
  try {
    await withClient(coordinator, { signal }, async (client) => {
      // The server rereads its files in its own time; this session knows already.
      await client.query(`SELECT set_config('lesson.addresses', $1, false)`, [addressesOf(record.nodes)]);
      await use(client);
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw new UserError(`the coordinator does not take its workers: ${(cause as Error).message}`, {
      code: 'cluster',
      hint: 'Run "lesson down --purge" and then "lesson up" to start afresh.',
      cause,
    });
  }
}
