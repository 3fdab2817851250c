// Workers that a learner adds to the cluster, and nodes that are removed.
//
// A machine is there before the record names it, and the record forgets it before it goes: whenever a command is killed,
// what is recorded is whole, and what is left over belongs to no node.
import { UserError } from '../../errors.ts';
import { checkNodeName } from './names.ts';
import { coordinatorOf, findNode, type NodeRecord, without } from './node-record.ts';
import { layoutOf, refreshAddresses, registerWorkers, reloadServers } from './registration.ts';
import { configureNodes } from './replication-settings.ts';
import { isUp, machineOf, requireUp, type Site, saved } from './site.ts';
import { launch, startNodes } from './start.ts';

/** A worker of that name, up and registered; one that is there already is started, and registered, where it was not. */
export async function addNode(site: Site, node: string, signal: AbortSignal): Promise<void> {
  checkNodeName(node);
  if (!site.driver.hasWorkers) {
    throw new UserError('this cluster is one PostgreSQL server: it has no workers', {
      code: 'cluster',
      hint: 'For a standby, run "lesson node standby postgres".',
    });
  }
  await requireUp(site, coordinatorOf(site.record.nodes).name, signal);
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
  const larger = await makeNodes(site, newNodes, signal);
  await refreshAddresses(larger, signal);
  await registerWorkers(larger, names, signal);
  return larger;
}

/** New servers with empty data, not yet registered; returns the site with them, which is recorded. */
export async function makeNodes(
  site: Site,
  newNodes: readonly NodeRecord[],
  signal: AbortSignal,
): Promise<Site> {
  const names = newNodes.map(({ name }) => name);
  await site.machines.create(names, signal);
  const larger = { ...site, record: { ...site.record, nodes: [...site.record.nodes, ...newNodes] } };
  await launch(larger, names, signal);
  await Promise.all(names.map((name) => site.commands.createExtension(name, signal)));
  return saved(larger, { layout: await layoutOf(larger) });
}

/** @throws UserError with what Citus says, where the node has shards. */
export async function removeNode(site: Site, node: string, signal: AbortSignal): Promise<void> {
  const { machines, record } = site;
  const found = findNode(site.name, record.nodes, node);
  const follower = record.nodes.find(({ follows }) => follows?.of === node);
  if (node === coordinatorOf(record.nodes).name) {
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
  const smaller = await saved(site, { nodes: without(record.nodes, node) });
  const updated = await saved(smaller, { layout: await layoutOf(smaller) });
  await configureNodes(updated, signal);
  await reloadServers(updated, signal);
  await machines.destroy(node, signal);
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
  for (const node of await strays(site, signal)) await site.machines.destroy(node, signal);
}

export async function strays({ machines, record }: Site, signal: AbortSignal): Promise<readonly string[]> {
  const known = new Set(record.nodes.map(({ name }) => name));
  return (await machines.list(signal)).map(({ node }) => node).filter((node) => !known.has(node));
}

/** Only a node that the metadata knows by this name. */
async function unregister(site: Site, node: string, signal: AbortSignal): Promise<void> {
  const coordinator = coordinatorOf(site.record.nodes).name;
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
