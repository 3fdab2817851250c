// Registers workers with the coordinator, and gives every server the addresses of the others.
import { UserError } from '../../errors.ts';
import type { NodeRecord } from './node-record.ts';
import { configureNodes } from './replication-settings.ts';
import { coordinatorName, isUp, nodesUp, type Site, saved } from './site.ts';

/** For databases that were made without it. */
export async function createExtensions(
  { commands }: Site,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(nodes.map((node) => commands.createExtension(node, signal)));
}

/** In databases without anything in them. */
export async function registerAll(site: Site, signal: AbortSignal): Promise<void> {
  const { nodes } = site.record;
  const names = nodes.map(({ name }) => name);
  await createExtensions(site, names, signal);
  await registerWorkers(site, workersOf(nodes), signal);
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
  const isKnown = (await layoutOf(site)) === site.record.layout;
  const published = isKnown ? site : await publish(site, signal);
  if (missedSome || !isKnown) await catchUp(published, signal);
  return published;
}

export const layoutOf = ({ machines, record }: Site): Promise<string> =>
  machines.layout(record.nodes.map(({ name }) => name));

/** Records the nodes and where they are, and has the servers that are up read it. Returns the site as it is recorded. */
export async function publish(site: Site, signal: AbortSignal): Promise<Site> {
  const { nodes } = site.record;
  const published = await saved(site, { layout: await layoutOf(site) });
  await configureNodes(published, signal);
  const up = await nodesUp(site, signal);
  const known = nodes.filter(({ name }) => up.includes(name));
  await Promise.all(known.map(({ name }) => site.commands.reload(name, signal)));
  return published;
}

/** Connections go where the nodes are now. A coordinator that is down gets them when it starts. */
export async function refreshAddresses(site: Site, signal: AbortSignal): Promise<void> {
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
  await refreshAddresses(site, limits).catch(() => signal.throwIfAborted());
}
