// What local clusters there are, running or not, whole or broken.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findHolder } from '../../../system/lock.ts';
import { openStateFolder, type StateFolder } from '../../../system/state-folder.ts';
import type { Cluster, NodeStatus } from '../../port.ts';
import type { ClusterStatus } from '../../provider.ts';
import { addressOf } from './address.ts';
import { nodeStatuses, openCluster } from './cluster.ts';
import { foundNodes } from './discard.ts';
import { serverState } from './postmaster.ts';
import { currentMaker, dataDir, makerKey, readRecord } from './record.ts';

/** The cluster of that name, its servers up or not. @throws UserError where there is none, or a broken one. */
export async function findLocal(name: string, stateDir?: string): Promise<Cluster> {
  const home = await openStateFolder(stateDir);
  const cluster = openCluster(home, name);
  await cluster.nodes();
  return cluster;
}

export async function listLocal(stateDir?: string): Promise<readonly ClusterStatus[]> {
  const home = await openStateFolder(stateDir);
  const names = (await readdir(join(home.dir, 'clusters'))).sort();
  return Promise.all(names.map((name) => statusOf(home, name)));
}

async function statusOf(home: StateFolder, name: string): Promise<ClusterStatus> {
  const dir = join(home.dir, 'clusters', name);
  const record = await readRecord(dir);
  const holder = await findHolder(home, `run.${name}`);
  const sizeBytes = await sizeOf(dir);
  const base = { kind: 'local', name, place: dir, sizeBytes, ...(holder && { holder }) } as const;
  if (!record) return { ...base, condition: 'broken', nodes: await brokenNodes(dir) };
  const isCurrent = await currentMaker(record.maker.installation?.bin).then(
    (maker) => makerKey(record.maker) === makerKey(maker),
    () => false, // its PostgreSQL is gone
  );
  return {
    ...base,
    condition: isCurrent ? 'sound' : 'outdated',
    nodes: await nodeStatuses(dir, record),
    createdAt: new Date(record.createdAt),
  };
}

/** The servers of a cluster whose password is not known. */
async function brokenNodes(dir: string): Promise<readonly NodeStatus[]> {
  const names = await foundNodes(dir);
  return Promise.all(
    names.map(async (name): Promise<NodeStatus> => {
      const found = await serverState(dataDir(dir, name));
      const role = name === 'coordinator' ? 'coordinator' : 'worker';
      const base = { name, role } as const;
      if (!('postmaster' in found)) return { ...base, state: 'down', address: addressOf({ port: 0 }, '') };
      const { pid, port } = found.postmaster;
      return { ...base, state: 'up', pid, address: addressOf({ port }, '') };
    }),
  );
}

async function sizeOf(dir: string): Promise<number> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map((entry) => {
      const path = join(dir, entry.name);
      return entry.isDirectory()
        ? sizeOf(path)
        : stat(path).then(
            ({ size }) => size,
            () => 0,
          );
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
