// Tells the servers and the engine which nodes there are, and where.
import type { Client } from 'pg';
import { UserError } from '../../../errors.ts';
import { withClient } from '../../connect/client.ts';
import { coordinatorOf } from '../../orchestration/node-record.ts';
import type { Address } from '../../port.ts';
import { addressOf } from './address.ts';
import { isRunning } from './postmaster.ts';
import { type ClusterRecord, dataDir, type NodeRecord } from './record.ts';
import { addressesOf } from './start.ts';

/**
 * What the metadata says of a node: its name, and to the built-in engine the port of the clusters that docker makes. Real
 * Citus connects to the port that the metadata says, and to the address of all servers, whatever the name.
 */
export function shownAs({ maker }: ClusterRecord, { name, port }: NodeRecord): [host: string, port: number] {
  return [name, maker.installation?.citus === undefined ? 5432 : port];
}

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

/** Servers whose data was copied from one: Citus tells them apart by a number that it made with the extension. */
export async function renewServerIds(
  { maker, password }: ClusterRecord,
  nodes: readonly NodeRecord[],
  signal: AbortSignal,
): Promise<void> {
  if (maker.installation?.citus === undefined) return;
  await Promise.all(
    nodes.map((node) =>
      withClient(addressOf(node, password), { signal }, (client) =>
        client.query(`
          UPDATE pg_dist_node_metadata
             SET metadata = metadata || jsonb_build_object('server_id', gen_random_uuid())`),
      ),
    ),
  );
}

/** Registers all nodes that the coordinator of a clean database does not know yet. */
export async function registerNodes(record: ClusterRecord, signal: AbortSignal): Promise<void> {
  await onCoordinator(record, signal, async (client) => {
    await client.query('SELECT citus_set_coordinator_host($1, $2)', shownAs(record, coordinatorOf(record)));
  });
  const workers = record.nodes.filter(({ role }) => role === 'worker').map(({ name }) => name);
  await registerWorkers(record, workers, signal);
}

/** One that the coordinator knows already stays as it is. */
export async function registerWorkers(
  record: ClusterRecord,
  workers: readonly string[],
  signal: AbortSignal,
) {
  await onCoordinator(record, signal, async (client) => {
    for (const node of record.nodes) {
      if (workers.includes(node.name))
        await client.query('SELECT citus_add_node($1, $2)', shownAs(record, node));
    }
  });
}

/**
 * After a server came, or came up on another port: the engine's connections go where it is now. A coordinator that is
 * down is told when it comes.
 */
export async function refreshAddresses(
  dir: string,
  record: ClusterRecord,
  signal: AbortSignal,
): Promise<void> {
  await reload(dir, record, signal);
  if (!(await isRunning(dataDir(dir, coordinatorOf(record).name)))) return;
  await onCoordinator(record, signal, async (client) => {
    if (record.maker.installation?.citus === undefined) {
      await client.query('SELECT citus_internal.refresh_addresses()');
    } else {
      await updatePorts(client, record);
    }
  });
}

/**
 * A node that was away may have missed what the others were told. Where writes wait, for a synchronous standby that is
 * away, this would too: then it is left to the next change.
 */
export async function catchUp(dir: string, record: ClusterRecord, signal: AbortSignal): Promise<void> {
  const limits = AbortSignal.any([signal, AbortSignal.timeout(3_000)]);
  await refreshAddresses(dir, record, limits).catch(() => signal.throwIfAborted());
}

async function updatePorts(client: Client, record: ClusterRecord): Promise<void> {
  for (const node of record.nodes) {
    await client.query(
      `SELECT citus_update_node(nodeid, $1, $2)
         FROM pg_dist_node
        WHERE nodename = $1 AND nodeport <> $2`,
      shownAs(record, node),
    );
  }
}

/** Makes the servers that are up read their files again; returns when new sessions of theirs know. */
export async function reload(
  dir: string,
  { nodes, password }: ClusterRecord,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      if (await isRunning(dataDir(dir, node.name))) await reloadServer(addressOf(node, password), signal);
    }),
  );
}

const patienceMs = 5_000;

async function reloadServer(address: Address, signal: AbortSignal): Promise<void> {
  const options = { signal, database: 'template1', timeoutMs: patienceMs };
  const ask = (sql: string) =>
    withClient(address, options, async (client) => (await client.query(sql)).rows[0].at);
  const before = await ask('SELECT pg_conf_load_time()::text AS at, pg_reload_conf()');
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; ) {
    if ((await ask('SELECT pg_conf_load_time()::text AS at')) !== before) return;
  }
}

export async function onCoordinator(
  record: ClusterRecord,
  signal: AbortSignal,
  use: (client: Client) => Promise<void>,
) {
  const coordinator = addressOf(coordinatorOf(record), record.password);
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
