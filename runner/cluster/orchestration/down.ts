// `lesson down`: stops the servers of a cluster, also of one that is broken; with `purge` nothing of it remains.
import { rm } from 'node:fs/promises';
import { exists } from '../../system/files.ts';
import type { Down, DownOptions } from '../provider.ts';
import { exclusively } from './locks.ts';
import { type Ground, type Plot, plotOf, unknownCluster, unrecordedMachines } from './site.ts';

/** @throws UserError where there is no cluster of that name, or a server does not stop. */
export async function downCluster(
  ground: Ground,
  name: string,
  { purge, signal }: DownOptions,
): Promise<Down> {
  const plot = plotOf(ground, name);
  return exclusively(plot, 'lesson down', signal, async () => {
    const machines = unrecordedMachines(plot);
    const found = await machines.list(signal);
    const isKnown = await exists(plot.dir);
    if (!isKnown && (!purge || found.length === 0)) throw unknownCluster(plot);
    if (!purge) return { stopped: await machines.shutDown(signal) };
    await removeCluster(plot, signal);
    const ran = found.filter(({ state }) => state === 'up' || state === 'paused');
    return { stopped: ran.map(({ node }) => node) };
  });
}

/** Nothing of it remains, complete or not. */
export async function removeCluster(plot: Plot, signal: AbortSignal): Promise<void> {
  await rm(`${plot.dir}/cluster.json`, { force: true }); // from here on it counts as incomplete
  await unrecordedMachines(plot).destroyAll(signal);
  await rm(plot.dir, { recursive: true, force: true, maxRetries: 5 });
}
