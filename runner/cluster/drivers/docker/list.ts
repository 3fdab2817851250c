// What clusters there are in Docker, running or not, whole or broken.
import { readdir } from 'node:fs/promises';
import { findHolder } from '../../../system/lock.ts';
import { openStateFolder, type StateFolder } from '../../../system/state-folder.ts';
import type { Cluster } from '../../port.ts';
import type { ClusterStatus } from '../../provider.ts';
import { lockOf, nodeStatuses, openCluster } from './cluster.ts';
import { listContainers } from './containers.ts';
import { projectOf } from './project.ts';
import { clusterDir, dockerDir, existingRecord, readRecord } from './record.ts';

/** The cluster of that name, its servers up or not. @throws UserError where there is none, or a broken one. */
export async function findDocker(name: string, stateDir?: string): Promise<Cluster> {
  const home = await openStateFolder(stateDir);
  await existingRecord(home, name);
  return openCluster(home, name);
}

/** Those that this state folder knows: where there are none, Docker is not asked. */
export async function listDocker(stateDir?: string): Promise<readonly ClusterStatus[]> {
  const home = await openStateFolder(stateDir);
  const names = await readdir(dockerDir(home)).catch(() => []);
  return Promise.all(names.sort().map((name) => statusOf(home, name)));
}

async function statusOf(home: StateFolder, name: string): Promise<ClusterStatus> {
  const record = await readRecord(clusterDir(home, name));
  const holder = await findHolder(home, lockOf('run', name));
  const base = {
    kind: 'docker',
    name,
    place: `compose project ${projectOf(name)}`,
    ...(holder && { holder }),
  } as const;
  if (!record) return { ...base, condition: 'broken', nodes: [] };
  return {
    ...base,
    condition: record.isWhole ? 'sound' : 'broken',
    // Without Docker nothing runs.
    nodes: nodeStatuses(record, await listContainers(name, AbortSignal.timeout(10_000)).catch(() => [])),
    createdAt: new Date(record.createdAt),
  };
}
