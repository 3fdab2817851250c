// `lesson down`: stops the servers of a cluster, also of one that is broken; with `purge` nothing of it remains.
import { rm } from 'node:fs/promises';
import { exists } from '../../system/files.ts';
import { withLock } from '../../system/lock.ts';
import type { Down, DownOptions } from '../provider.ts';
import { clusterDir } from './cluster-record.ts';
import { type Ground, lockOf, unknownCluster, unrecordedMachines } from './site.ts';

const waitMs = 120_000;

/** @throws UserError where there is no cluster of that name, or a server does not stop. */
export async function downCluster(
  ground: Ground,
  name: string,
  { purge, signal }: DownOptions,
): Promise<Down> {
  const { driver, state } = ground;
  const limits = { signal, timeoutMs: waitMs };
  return withLock(state, lockOf(driver, 'up', name), 'lesson down', limits, async () => {
    const machines = unrecordedMachines(ground, name);
    const isKnown = await exists(clusterDir(state, driver, name));
    const found = await machines.list(signal);
    if (!isKnown && (!purge || found.length === 0)) throw unknownCluster(driver, name);
    const stopped = purge
      ? found.filter(({ state }) => state === 'up' || state === 'paused').map(({ node }) => node)
      : await machines.shutDown(signal);
    if (purge) await removeCluster(ground, name, signal);
    return { stopped };
  });
}

/** Nothing of it remains, complete or not. */
export async function removeCluster(ground: Ground, name: string, signal: AbortSignal): Promise<void> {
  const dir = clusterDir(ground.state, ground.driver, name);
  await rm(`${dir}/cluster.json`, { force: true }); // from here on it counts as incomplete
  await unrecordedMachines(ground, name).destroyAll(signal);
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
}
