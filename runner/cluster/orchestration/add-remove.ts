// Workers that a learner adds to the cluster, and nodes that are removed.
//
// A machine is there before the record names it, and the record forgets it before it goes: whenever a command is killed,
// what is recorded is whole, and what is left over belongs to no node.
import { UserError } from '../../errors.ts';
import { makeServers } from './create.ts';
import { checkNodeName } from './names.ts';
import { findNode, type NodeRecord, without } from './node-record.ts';
import { publish, refreshAddresses, registerWorkers } from './registration.ts';
import { coordinatorName, isUp, machineOf, requireUp, type Site, withNodes } from './site.ts';
import { startNodes } from './start.ts';

/** A worker of that name, up and registered; one that is there already is started, and registered, where it was not. */
export async function addNode(site: Site, node: string, signal: AbortSignal): Promise<void> {
  checkNodeName(node);
  if (!site.driver.hasWorkers) {
    throw new UserError('this cluster is one PostgreSQL server: it has no workers', {
      code: 'cluster',
      hint: 'For a standby, run "lesson node standby postgres".',
    });
  }
  await requireUp(site, coordinatorName(site), signal);
  // Citus tells all workers of the new one, and would wait for one that is paused.
  const paused = (await site.machines.list(signal)).find((machine) => machine.state === 'paused');
  if (paused) await requireUp(site, paused.node, signal);
  const known = site.record.nodes.find(({ name }) => name === node);
  if (known === undefined) {
    await addWorkers(site, [node], signal);
    return;
  }
  if (known.role === 'worker' && known.replacedBy === undefined) {
    return registerWorkers(await startNodes(site, [node], signal), [node], signal);
  }
  throw new UserError(`the node "${node}" of the cluster "${site.name}" already exists and is not a worker`, {
    code: 'cluster',
    hint: 'Give the new worker another name.',
  });
}

/** New workers with empty data, registered. Returns the site with them. */
export async function addWorkers(site: Site, names: readonly string[], signal: AbortSignal): Promise<Site> {
  const newNodes = names.map((name): NodeRecord => ({ name, role: 'worker' }));
  const planned = withNodes(site, [...site.record.nodes, ...newNodes]);
  await makeServers(planned, names, signal);
  const larger = await publish(planned, signal);
  await refreshAddresses(larger, signal);
  await registerWorkers(larger, names, signal);
  return larger;
}

/** @throws UserError with what Citus says, where the node has shards. */
export async function removeNode(site: Site, node: string, signal: AbortSignal): Promise<void> {
  const { record } = site;
  const found = findNode(site.name, record.nodes, node);
  const follower = record.nodes.find(({ follows }) => follows?.of === node);
  if (node === coordinatorName(site)) {
    throw refused(node, `it is the ${found.role}`, 'Promote a standby of it first.');
  }
  if (follower) {
    throw refused(node, `${follower.name} follows it`, `Remove ${follower.name}, or promote it, first.`);
  }
  if (found.role === 'worker') {
    // Citus would wait for one that is paused.
    if ((await machineOf(site, node, signal))?.state === 'paused') await requireUp(site, node, signal);
    await unregister(site, node, signal);
  }
  await publish(withNodes(site, without(record.nodes, node)), signal);
  await site.machines.destroy(node, signal);
  await dropSlotOf(site, found, signal);
}

/** The node that a standby followed keeps its log for it no longer. One that is down keeps it until the next reset. */
export async function dropSlotOf(
  site: Site,
  { name, follows }: NodeRecord,
  signal: AbortSignal,
): Promise<void> {
  if (!follows?.slot || !(await isUp(site, follows.of, signal))) return;
  await site.commands.dropSlot(follows.of, name, signal);
}

/** Machines that belong to no node: a command was killed before it recorded them, or after it had forgotten them. */
export async function removeStrays(site: Site, signal: AbortSignal): Promise<void> {
  const known = site.record.nodes.map(({ name }) => name);
  for (const { node } of await site.machines.list(signal)) {
    if (!known.includes(node)) await site.machines.destroy(node, signal);
  }
}

/** Only a node that the metadata knows by this name. */
async function unregister(site: Site, node: string, signal: AbortSignal): Promise<void> {
  const coordinator = coordinatorName(site);
  await requireUp(site, coordinator, signal);
  const registered = await site.machines.registered(node);
  await site.commands.unregister(coordinator, registered, signal).catch((cause: Error) => {
    signal.throwIfAborted();
    const hint =
      'Move its shards away first: "SELECT citus_drain_node(nodename, nodeport) FROM pg_dist_node …".';
    throw refused(node, cause.message, hint, cause);
  });
}

function refused(node: string, why: string, hint: string, cause?: Error): UserError {
  return new UserError(`${node} cannot be removed: ${why}`, { code: 'cluster', hint, cause });
}
