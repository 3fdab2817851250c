// The servers with which every lesson starts: those that a learner added are gone, those that he stopped run, those
// that he made standbys are themselves again.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../state/home.ts';
import { withLock } from '../state/lock.ts';
import { addWorkers, removeServer } from './added.ts';
import { existingRecord, nodeStatuses } from './cluster.ts';
import { heal } from './heal.ts';
import {
  baseNames,
  type ClusterRecord,
  clusterDir,
  dataDir,
  isBase,
  type NodeRecord,
  writeRecord,
} from './record.ts';
import { refreshAddresses } from './registration.ts';
import { stopServer } from './server.ts';
import type { Work } from './servers.ts';

/** The record of a cluster in which just those servers are up. */
export async function baseRecord(home: Home, name: string, signal: AbortSignal): Promise<ClusterRecord> {
  const record = await existingRecord(home, name);
  if (await isAtBase(clusterDir(home, name), record)) return record;
  const limits = { signal, timeoutMs: 120_000 };
  await withLock(home, `up.${name}`, 'lesson reset', limits, () => restoreBase(home, name, signal));
  return existingRecord(home, name);
}

async function isAtBase(dir: string, record: ClusterRecord): Promise<boolean> {
  const nodes = await nodeStatuses(dir, record);
  return (
    nodes.length === baseNames(record.workers).length &&
    nodes.every(({ state }) => state === 'up') &&
    record.nodes.every((node) => isBase(record, node) && isItself(node))
  );
}

const isItself = ({ name, role, data = name, follows, replacedBy }: NodeRecord): boolean =>
  role !== 'standby' && data === name && follows === undefined && replacedBy === undefined;

async function restoreBase(home: Home, name: string, signal: AbortSignal): Promise<void> {
  const record = await existingRecord(home, name);
  const dir = clusterDir(home, name);
  const work: Work = { home, name, dir, record, signal };
  const hasOwnData = (node: NodeRecord) => (node.data ?? node.name) === node.name;
  const kept = record.nodes.filter((node) => isBase(record, node) && hasOwnData(node));
  for (const node of record.nodes) {
    if (!kept.includes(node)) await removeServer(work, node.name);
    else if (node.follows !== undefined) await endFollowing(work, node);
  }
  const nodes = kept.map(
    ({ name, port }): NodeRecord => ({
      name,
      role: name === 'coordinator' ? 'coordinator' : 'worker',
      port,
    }),
  );
  const smaller = { ...record, nodes };
  await writeRecord(dir, smaller, home);
  // Also where all run: who is followed, and by whom, is in their configuration.
  await heal(home, { name, record: smaller, workers: 0 }, () => {}, signal);
  const healed = await existingRecord(home, name);
  await refreshAddresses(dir, healed, signal);
  const there = healed.nodes.map((node) => node.name);
  const missing = baseNames(record.workers).filter((each) => !there.includes(each));
  if (missing.length > 0) await addWorkers({ ...work, record: healed }, missing);
}

/** Its data is what it was, a few transactions later. */
async function endFollowing({ home, dir, signal }: Work, { name }: NodeRecord): Promise<void> {
  await stopServer(home, { node: name, dataDir: dataDir(dir, name) }, 'fast', signal);
  await rm(join(dataDir(dir, name), 'standby.signal'), { force: true });
}
