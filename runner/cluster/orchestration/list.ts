// What clusters of one kind there are, running or not, whole or broken.
import { findHolder } from '../../system/lock.ts';
import type { ClusterStatus } from '../provider.ts';
import { nodeStatuses } from './cluster.ts';
import { clusterDir, clusterNames, readRecord } from './cluster-record.ts';
import { initialRole } from './node-record.ts';
import { type Ground, lockOf, openSite, unrecordedMachines } from './site.ts';

/** How long the machines may take to say what they do, in milliseconds. */
const listMs = 10_000;

/** Those that this state folder knows. */
export async function listClusters(ground: Ground): Promise<readonly ClusterStatus[]> {
  const names = await clusterNames(ground.state, ground.driver);
  return Promise.all(names.map((name) => statusOf(ground, name)));
}

async function statusOf(ground: Ground, name: string): Promise<ClusterStatus> {
  const { driver, state } = ground;
  const record = await readRecord(clusterDir(state, driver, name));
  const machines = record ? openSite(ground, name, record).machines : unrecordedMachines(ground, name);
  const holder = await findHolder(state, lockOf(driver, 'run', name));
  // Where they cannot be asked, nothing of them runs.
  const found = await machines.list(AbortSignal.timeout(listMs)).catch(() => []);
  const sizeBytes = await machines.sizeBytes?.();
  const base = {
    kind: driver.kind,
    name,
    dataLocation: machines.dataLocation,
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(holder && { holder }),
  };
  if (!record?.isWhole) {
    const nodes = found.map(({ node }) => ({ name: node, role: initialRole(node) }));
    return { ...base, condition: 'broken', nodes: nodeStatuses(nodes, '', found) };
  }
  const isCurrent = await driver.blueprint(record.blueprint).then(
    (wanted) => driver.outdated(record.blueprint, wanted) === undefined,
    () => false, // what it was made of is gone
  );
  return {
    ...base,
    condition: isCurrent ? 'sound' : 'outdated',
    nodes: nodeStatuses(record.nodes, record.password, found),
    createdAt: new Date(record.createdAt),
  };
}
