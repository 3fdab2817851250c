// The servers with which every lesson starts: those that a learner added are removed, those that were stopped are
// started, those that were made standbys are created again.
import { withLock } from '../../system/lock.ts';
import { makeNodes, removeStrays } from './add-remove.ts';
import { heal } from './heal.ts';
import { hasOwnData, initialNodeNames, initialNodes, type NodeRecord } from './node-record.ts';
import { catchUp, layoutOf, reloadServers } from './registration.ts';
import { configureNodes } from './replication-settings.ts';
import { existingSite, type Ground, lockOf, type Site, saved } from './site.ts';

const waitMs = 300_000;

/** The site of a cluster in which just those servers are up. */
export async function restoreInitialTopology(
  ground: Ground,
  name: string,
  signal: AbortSignal,
): Promise<Site> {
  const site = await existingSite(ground, name, signal);
  if (await hasInitialTopology(site, signal)) return site;
  const limits = { signal, timeoutMs: waitMs };
  return withLock(ground.state, lockOf(ground.driver, 'up', name), 'lesson reset', limits, async () =>
    rebuildTopology(await existingSite(ground, name, signal), signal),
  );
}

async function hasInitialTopology(site: Site, signal: AbortSignal): Promise<boolean> {
  const { nodes, workers, layout } = site.record;
  const names = initialNodeNames(workers);
  const machines = await site.machines.list(signal);
  return (
    nodes.length === names.length &&
    nodes.every((node, i) => node.name === names[i] && hasOwnData(node) && node.replacedBy === undefined) &&
    machines.length === names.length &&
    machines.every(({ state }) => state === 'up') &&
    layout === (await layoutOf(site))
  );
}

/**
 * The record comes first, the machines that it no longer names go last: where this is interrupted, they show that there
 * is something left to do.
 */
async function rebuildTopology(site: Site, signal: AbortSignal): Promise<Site> {
  const wanted = initialNodes(site.record.workers);
  const keeps = ({ name }: NodeRecord) =>
    site.record.nodes.some((known) => known.name === name && hasOwnData(known));
  const smaller = await saved(site, { nodes: wanted.filter(keeps) });
  const healed = await heal(smaller, 0, signal);
  const missing = wanted.filter((node) => !keeps(node));
  const made = missing.length > 0 ? await makeNodes(healed, missing, signal) : healed;
  const whole = await saved(made, {
    nodes: wanted,
    layout: await layoutOf({ ...made, record: { ...made.record, nodes: wanted } }),
  });
  await configureNodes(whole, signal);
  await reloadServers(whole, signal);
  await removeStrays(whole, signal); // before the refresh: one of them may wait for a synchronous standby
  await catchUp(whole, signal);
  return whole;
}
