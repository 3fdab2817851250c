// The servers with which every lesson starts: those that a learner added are removed, those that were stopped are
// started, those that were made standbys are created again.
import { removeStrays } from './add-remove.ts';
import { makeServers } from './create.ts';
import { heal } from './heal.ts';
import { withSite } from './locks.ts';
import { hasOwnData, initialNodeNames, initialNodes, type NodeRecord } from './node-record.ts';
import { catchUp, layoutOf, publish } from './registration.ts';
import { existingSite, type Plot, type Site, saved, withNodes } from './site.ts';

/** The site of a cluster in which just those servers are up. */
export async function restoreInitialTopology(plot: Plot, signal: AbortSignal): Promise<Site> {
  const site = await existingSite(plot, signal);
  if (await hasInitialTopology(site, signal)) return site;
  return withSite(plot, 'lesson reset', signal, (current) => rebuildTopology(current, signal));
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
  const planned = withNodes(healed, wanted);
  const missing = wanted.filter((node) => !keeps(node)).map(({ name }) => name);
  if (missing.length > 0) await makeServers(planned, missing, signal);
  const whole = await publish(planned, signal);
  await removeStrays(whole, signal); // before the refresh: one of them may wait for a synchronous standby
  await catchUp(whole, signal);
  return whole;
}
