// `lesson down` of a cluster in Docker: its containers go, its volumes stay, unless it is purged.

import { withLock } from '../../../system/lock.ts';
import { openStateFolder } from '../../../system/state-folder.ts';
import type { Down, DownOptions } from '../../provider.ts';
import { lockOf } from './cluster.ts';
import { listContainers } from './containers.ts';
import { discard, findTraces, removeContainers } from './discard.ts';
import { docker } from './docker.ts';
import { containerOf } from './project.ts';
import { clusterDir, readRecord, unknownCluster } from './record.ts';

export interface DockerDownOptions extends DownOptions {
  readonly stateDir?: string;
}

/** @throws UserError where there is no cluster of that name, or Docker cannot be asked. */
export async function downDocker(
  name: string,
  { purge, stateDir, signal }: DockerDownOptions,
): Promise<Down> {
  const home = await openStateFolder(stateDir);
  const limits = { signal, timeoutMs: 120_000 };
  return withLock(home, lockOf('up', name), 'lesson down', limits, async () => {
    const isKnown = (await readRecord(clusterDir(home, name))) !== undefined;
    const containers = await listContainers(name, signal);
    if (!isKnown && (!purge || (await findTraces(name, signal)).length === 0)) throw unknownCluster(name);
    const paused = containers
      .filter(({ state }) => state === 'paused')
      .map(({ node }) => containerOf(name, node));
    // One that is paused hears nothing of a stop.
    if (paused.length > 0) await docker(['unpause', ...paused], { signal });
    if (purge) await discard(home, name, signal);
    else if (containers.length > 0) await removeContainers(name, { volumes: false }, signal);
    const stopped = containers.filter(({ state }) => state === 'running' || state === 'paused');
    return { stopped: stopped.map(({ node }) => node) };
  });
}
