// Workers that a learner adds to the cluster, and nodes that he removes.
//
// Data is there before the record names it, and the record forgets it before it goes: whenever a command is killed, what
// is recorded is whole, and what is left over is of no node.
import { rm } from 'node:fs/promises';
import { UserError } from '../../../errors.ts';
import { withClient } from '../../connect/client.ts';
import { checkNodeName } from '../../orchestration/names.ts';
import { coordinatorOf, findNode } from '../../orchestration/node-record.ts';
import { addressOf } from './address.ts';
import { demandRunning } from './cluster.ts';
import { addServers, setPasswords } from './create.ts';
import { foundNodes } from './discard.ts';
import { findFreePorts } from './ports.ts';
import { serverState } from './postmaster.ts';
import { type ClusterRecord, dataDir, type NodeRecord, nodeDir, writeRecord } from './record.ts';
import { refreshAddresses, registerWorkers, reload, renewServerIds, shownAs } from './registration.ts';
import { stopServer } from './server.ts';
import { startNode, type Work } from './servers.ts';
import { dropSlot } from './slot.ts';
import { configure, startServers } from './start.ts';
import { endSurvivors } from './survivors.ts';
import { getTemplate } from './template.ts';

/** A worker of that name, up and registered; one that is there already is started, and registered, where it was not. */
export async function addNode(work: Work, node: string): Promise<void> {
  const { name, dir, record, signal } = work;
  checkName(node);
  await demandRunning(dir, coordinatorOf(record).name);
  const known = record.nodes.find((each) => each.name === node);
  if (known === undefined) {
    await addWorkers(work, [node]);
    return;
  }
  if (known.role === 'worker' && known.replacedBy === undefined) {
    return registerWorkers(await startNode(work, node), [node], signal);
  }
  throw new UserError(`there is a node "${node}" in the cluster "${name}" already, and it is no worker`, {
    code: 'cluster',
    hint: 'Give the new worker another name.',
  });
}

/** New workers with empty data, registered. Returns the record with them. */
export async function addWorkers(work: Work, names: readonly string[]): Promise<ClusterRecord> {
  const { dir, signal } = work;
  const larger = await makeServers(
    work,
    names.map((name) => ({ name, role: 'worker' })),
  );
  await refreshAddresses(dir, larger, signal);
  await registerWorkers(larger, names, signal);
  return larger;
}

/** New servers with empty data, of which nobody was told yet; returns the record with them, which is written. */
export async function makeServers(
  { home, name, dir, record, signal }: Work,
  wanted: readonly Pick<NodeRecord, 'name' | 'role'>[],
): Promise<ClusterRecord> {
  const ports = await findFreePorts(wanted.length);
  const made = wanted.map((node, i): NodeRecord => ({ ...node, port: ports[i]! }));
  const isNew = (node: NodeRecord) => made.some((each) => each.name === node.name);
  const template = await getTemplate(home, record.maker, signal);
  for (const { name: node } of made) await removeServer({ home, dir, signal }, node);
  await addServers(home, dir, template, made);
  const larger = { ...record, nodes: [...record.nodes, ...made] };
  const { nodes } = await startServers(home, { name, dir, record: larger }, signal, isNew);
  await setPasswords(nodes.filter(isNew), template.password, record.password, signal);
  await renewServerIds({ ...larger, nodes }, nodes.filter(isNew), signal);
  await writeRecord(dir, { ...larger, nodes }, home);
  return { ...larger, nodes };
}

/** @throws UserError with what Citus says, where the node has shards. */
export async function removeNode(work: Work, node: string): Promise<void> {
  const { home, name, dir, record, signal } = work;
  const found = findNode(name, record, node);
  const follower = record.nodes.find(({ follows }) => follows?.of === node);
  if (node === coordinatorOf(record).name) {
    throw refused(node, 'it is the coordinator', 'Promote a standby of it first.');
  }
  if (follower) {
    throw refused(node, `${follower.name} follows it`, `Remove ${follower.name}, or promote it, first.`);
  }
  if (found.role === 'worker') {
    // Citus would wait for one that is paused.
    if ('postmaster' in (await serverState(dataDir(dir, node)))) await demandRunning(dir, node);
    await unregister(work, found);
  }
  const nodes = record.nodes
    .filter((each) => each.name !== node)
    .map(({ replacedBy, ...each }) =>
      replacedBy === undefined || replacedBy === node ? each : { ...each, replacedBy },
    );
  const smaller = { ...record, nodes };
  await writeRecord(dir, smaller, home);
  await configure(home, dir, name, smaller);
  await reload(dir, smaller, signal);
  await removeServer(work, node);
  await dropSlot(work, found);
}

/** Leaves nothing of it. */
export async function removeServer(
  { home, dir, signal }: Pick<Work, 'home' | 'dir' | 'signal'>,
  node: string,
) {
  const data = dataDir(dir, node);
  await stopServer(home, { node, dataDir: data }, 'immediate', signal);
  await endSurvivors(home, data, signal);
  await rm(nodeDir(dir, node), { recursive: true, force: true, maxRetries: 5 });
}

/** Servers that are of no node: a command was killed before it noted them, or after it had forgotten them. */
export async function removeUnknown(work: Work): Promise<void> {
  for (const node of await unknownNodes(work)) await removeServer(work, node);
}

export async function unknownNodes({
  dir,
  record,
}: Pick<Work, 'dir' | 'record'>): Promise<readonly string[]> {
  const known = record.nodes.map(({ name }) => name);
  return (await foundNodes(dir)).filter((node) => !known.includes(node));
}

/** Only a node that the metadata knows by this name. */
async function unregister({ dir, record, signal }: Work, node: NodeRecord): Promise<void> {
  const coordinator = coordinatorOf(record);
  await demandRunning(dir, coordinator.name);
  await withClient(addressOf(coordinator, record.password), { signal }, (client) =>
    client.query(
      `SELECT citus_remove_node(nodename, nodeport)
         FROM pg_dist_node
        WHERE nodename = $1 AND nodeport = $2`,
      shownAs(record, node),
    ),
  ).catch((cause: Error) => {
    signal.throwIfAborted();
    const hint =
      'Move its shards away first: "SELECT citus_drain_node(nodename, nodeport) FROM pg_dist_node …".';
    throw refused(node.name, cause.message, hint, cause);
  });
}

/** Files of the cluster's own that stand beside the folders of its nodes. */
const taken = ['engine', 'pgpass'];

export const checkName = (node: string): void => checkNodeName(node, taken);

function refused(node: string, why: string, hint: string, cause?: Error): UserError {
  return new UserError(`${node} cannot be removed: ${why}`, { code: 'cluster', hint, cause });
}
