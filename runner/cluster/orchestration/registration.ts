// Registers workers with the coordinator, and gives every server the addresses of the others.
import { UserError } from '../../errors.ts';
import type { NodeRecord } from './node-record.ts';
import { configureNodes } from './replication-settings.ts';
import { coordinatorName, isUp, type Site, saved } from './site.ts';

/** For databases that were made without it. */
export async function createExtensions(site: Site, signal: AbortSignal): Promise<void> {
  await Promise.all(site.record.nodes.map(({ name }) => site.commands.createExtension(name, signal)));
}

/** A worker that the coordinator knows already stays as it is. @throws UserError with what Citus says. */
export async function registerWorkers(
  site: Site,
  workers: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { machines, commands } = site;
  const coordinator = coordinatorName(site);
  const called = await machines.registered(coordinator);
  const registrations = await Promise.all(workers.map((worker) => machines.registered(worker)));
  await commands.register(coordinator, called, registrations, signal).catch((cause: Error) => {
    signal.throwIfAborted();
    throw new UserError(`could not register the workers with the coordinator: ${cause.message}`, {
      code: 'cluster',
      cause,
    });
  });
}

export const workersOf = (nodes: readonly NodeRecord[]): readonly string[] =>
  nodes
    .filter(({ role, replacedBy }) => role === 'worker' && replacedBy === undefined)
    .map(({ name }) => name);

/**
 * Gives all servers the addresses of the others, if these have changed.
 * @param missedSome Whether some were away while others were up: they get what they missed.
 * @returns The site as it is recorded then.
 */
export async function publishAddresses(site: Site, missedSome: boolean, signal: AbortSignal): Promise<Site> {
  const layout = await layoutOf(site);
  if (layout === site.record.layout) {
    if (missedSome) await catchUp(site, signal);
    return site;
  }
  const updated = await saved(site, { layout });
  await configureNodes(updated, signal);
  await reloadServers(updated, signal);
  await catchUp(updated, signal);
  return updated;
}

export const layoutOf = ({ machines, record }: Site): Promise<string> =>
  machines.layout(record.nodes.map(({ name }) => name));

/** Has the servers that are up, of all nodes or of these, read their configuration again. */
export async function reloadServers(
  site: Site,
  signal: AbortSignal,
  nodes: readonly string[] = site.record.nodes.map(({ name }) => name),
): Promise<void> {
  const machines = await site.machines.list(signal);
  const up = machines.filter(({ node, state }) => state === 'up' && nodes.includes(node));
  await Promise.all(up.map(({ node }) => site.commands.reload(node, signal)));
}

/** Connections go where the nodes are now. A coordinator that is down gets them when it starts. */
export async function refreshAddresses(site: Site, signal: AbortSignal): Promise<void> {
  await reloadServers(site, signal);
  await refreshCoordinator(site, signal);
}

async function refreshCoordinator(site: Site, signal: AbortSignal): Promise<void> {
  const coordinator = coordinatorName(site);
  if (!(await isUp(site, coordinator, signal))) return;
  const nodes = await Promise.all(site.record.nodes.map(({ name }) => site.machines.registered(name)));
  await site.commands.refreshAddresses(coordinator, nodes, signal);
}

/**
 * Where writes wait, for a synchronous standby that is away, this would too: then it is left to the next change. So it
 * is where the database is not what it should be.
 */
export async function catchUp(site: Site, signal: AbortSignal): Promise<void> {
  const limits = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
  await refreshCoordinator(site, limits).catch(() => signal.throwIfAborted());
}
