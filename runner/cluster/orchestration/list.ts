// What clusters of one kind there are, running or not, whole or broken.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterStatus } from '../provider.ts';
import { nodeStatuses } from './cluster.ts';
import { readRecord } from './cluster-record.ts';
import { findRunner } from './locks.ts';
import { initialRole } from './node-record.ts';
import { type Ground, openSite, type Plot, plotOf, unrecordedMachines } from './site.ts';

/** How long the machines may take to say what they do, in milliseconds. */
const listMs = 10_000;

/** Those that this state folder knows. */
export async function listClusters(ground: Ground): Promise<readonly ClusterStatus[]> {
  const names = await readdir(join(ground.state.dir, ground.driver.folder)).catch(() => []);
  return Promise.all(names.sort().map((name) => statusOf(plotOf(ground, name))));
}

async function statusOf(plot: Plot): Promise<ClusterStatus> {
  const { driver, name } = plot;
  const record = await readRecord(plot);
  const machines = record ? openSite(plot, record).machines : unrecordedMachines(plot);
  const holder = await findRunner(plot);
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
