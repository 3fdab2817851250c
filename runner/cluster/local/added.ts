// Workers that a learner adds to the cluster, and nodes that he removes.
import { rm } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import { withClient } from '../client.ts';
import { addressOf } from './address.ts';
import { findNode } from './cluster.ts';
import { addServers, setPasswords } from './create.ts';
import { slotName } from './following.ts';
import { findFreePorts } from './ports.ts';
import { serverState } from './postmaster.ts';
import {
  type ClusterRecord,
  coordinatorOf,
  dataDir,
  type NodeRecord,
  nodeDir,
  writeRecord,
} from './record.ts';
import { refreshAddresses, registerWorkers, reload, renewServerIds, shownAs } from './registration.ts';
import { stopServer } from './server.ts';
import type { Work } from './servers.ts';
import { configure, startServers } from './start.ts';
import { getTemplate } from './template.ts';

/** A worker of that name, registered; none if there is one already. */
export async function addNode(work: Work, node: string): Promise<void> {
  checkName(node);
  const known = work.record.nodes.find(({ name }) => name === node);
  if (known === undefined) return addWorkers(work, [node]);
  if (known.role === 'worker' && known.replacedBy === undefined) {
    return registerWorkers(work.record, [node], work.signal);
  }
  throw new UserError(`there is a node "${node}" already, and it is no worker`, {
    code: 'cluster',
    hint: 'Give the new worker another name.',
  });
}

/** New servers with empty data. */
export async function addWorkers(
  { home, name, dir, record, signal }: Work,
  names: readonly string[],
): Promise<void> {
  const ports = await findFreePorts(names.length);
  const added = names.map((node, i): NodeRecord => ({ name: node, role: 'worker', port: ports[i]! }));
  const template = await getTemplate(home, record.maker, signal);
  for (const node of names) await removeServer({ home, dir, signal }, node); // what an earlier attempt left
  await addServers(home, dir, template, added);
  const wanted = { ...record, nodes: [...record.nodes, ...added] };
  const isNew = ({ name: node }: NodeRecord) => names.includes(node);
  const { nodes } = await startServers(home, { name, dir, record: wanted }, signal, isNew);
  const larger = { ...wanted, nodes };
  await setPasswords(nodes.filter(isNew), template.password, record.password, signal);
  await renewServerIds(larger, nodes.filter(isNew), signal);
  await refreshAddresses(dir, larger, signal);
  await registerWorkers(larger, names, signal);
  await writeRecord(dir, larger, home);
}

/** @throws UserError with what Citus says, where the node has shards. */
export async function removeNode(work: Work, node: string): Promise<void> {
  const { home, name, dir, record, signal } = work;
  const found = findNode(name, record, node);
  if (node === coordinatorOf(record).name) {
    throw new UserError('the coordinator cannot be removed', {
      code: 'cluster',
      hint: 'Promote a standby of it first.',
    });
  }
  await unregister(record, found, signal);
  await dropSlot(work, found);
  await removeServer(work, node);
  const smaller = { ...record, nodes: record.nodes.filter(({ name }) => name !== node) };
  await configure(home, dir, name, smaller);
  await reload(dir, smaller, signal);
  await writeRecord(dir, smaller, home);
}

export async function removeServer(
  { home, dir, signal }: Pick<Work, 'home' | 'dir' | 'signal'>,
  node: string,
) {
  await stopServer(home, { node, dataDir: dataDir(dir, node) }, 'immediate', signal);
  await rm(nodeDir(dir, node), { recursive: true, force: true, maxRetries: 5 });
}

/** Only a node that the metadata knows by this name. */
async function unregister(record: ClusterRecord, node: NodeRecord, signal: AbortSignal): Promise<void> {
  const coordinator = addressOf(coordinatorOf(record), record.password);
  await withClient(coordinator, { signal }, async (client) => {
    await client.query(
      `SELECT citus_remove_node(nodename, nodeport)
         FROM pg_dist_node
        WHERE nodename = $1 AND nodeport = $2`,
      shownAs(record, node),
    );
  }).catch((cause: Error) => {
    signal.throwIfAborted();
    throw new UserError(`${node.name} cannot be removed: ${cause.message}`, {
      code: 'cluster',
      hint: 'Move its shards away first: "SELECT citus_drain_node(nodename, nodeport) FROM pg_dist_node …".',
      cause,
    });
  });
}

/** The node that a standby follows keeps its log for it no longer. */
export async function dropSlot({ dir, record, signal }: Work, { name, follows }: NodeRecord): Promise<void> {
  const followed = record.nodes.find((node) => node.name === follows?.of);
  if (!follows?.slot || followed === undefined) return;
  if ((await serverState(dataDir(dir, followed.name))).state !== 'up') return;
  await withClient(addressOf(followed, record.password), { signal, database: 'template1' }, (client) =>
    client.query(
      `SELECT pg_terminate_backend(active_pid, 5000), pg_drop_replication_slot(slot_name)
         FROM pg_replication_slots
        WHERE slot_name = $1`,
      [slotName(name)],
    ),
  );
}

export function checkName(node: string): void {
  if (/^[a-z][a-z0-9-]{0,39}$/.test(node)) return;
  throw new UserError(`"${node}" is no name for a node`, {
    code: 'usage',
    hint: 'Use up to 40 small letters, digits and -, a letter first: worker-3.',
  });
}
