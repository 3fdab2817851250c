// The servers with which every lesson starts: those that a learner added are gone, those that he stopped run, those
// that he made standbys are made afresh.

import { withLock } from '../../../system/lock.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import { baseNames, baseRole } from '../../orchestration/node-record.ts';
import { makeServers, removeUnknown, unknownNodes } from './added.ts';
import { existingRecord, nodeStatuses } from './cluster.ts';
import { heal } from './heal.ts';
import { type ClusterRecord, clusterDir, type NodeRecord, writeRecord } from './record.ts';
import { refreshAddresses } from './registration.ts';
import type { Work } from './servers.ts';

/** The record of a cluster in which just those servers are up. */
export async function baseRecord(
  home: StateFolder,
  name: string,
  signal: AbortSignal,
): Promise<ClusterRecord> {
  const record = await existingRecord(home, name);
  if (await isAtBase(clusterDir(home, name), record)) return record;
  const limits = { signal, timeoutMs: 120_000 };
  await withLock(home, `up.${name}`, 'lesson reset', limits, () => restoreBase(home, name, signal));
  return existingRecord(home, name);
}

async function isAtBase(dir: string, record: ClusterRecord): Promise<boolean> {
  const names = baseNames(record.workers);
  const nodes = await nodeStatuses(dir, record);
  return (
    nodes.length === names.length &&
    nodes.every(
      ({ name, state, address }, i) =>
        name === names[i] && state === 'up' && address.port === record.nodes[i]!.port,
    ) &&
    record.nodes.every((node) => hasOwnData(node) && node.replacedBy === undefined) &&
    (await unknownNodes({ dir, record })).length === 0
  );
}

/** Not that of another node, of which it was made as a standby. */
const hasOwnData = ({ name, role, data = name, follows }: NodeRecord): boolean =>
  role !== 'standby' && data === name && follows === undefined;

/**
 * The record comes first, the servers that it no longer names go last: where this is interrupted, they show that there is
 * something left to do.
 */
async function restoreBase(home: StateFolder, name: string, signal: AbortSignal): Promise<void> {
  const record = await existingRecord(home, name);
  const dir = clusterDir(home, name);
  const work = { home, name, dir, record, signal };
  const names = baseNames(record.workers);
  const kept = names.flatMap((each): readonly NodeRecord[] => {
    const node = record.nodes.find((known) => known.name === each);
    return node && hasOwnData(node) ? [{ name: each, role: baseRole(each), port: node.port }] : [];
  });
  const smaller = { ...record, nodes: kept };
  await writeRecord(dir, smaller, home);
  const healed = await heal(home, { name, record: smaller, workers: 0 }, () => {}, signal);
  const missing = names.filter((each) => !kept.some((node) => node.name === each));
  const whole = missing.length > 0 ? await withServers({ ...work, record: healed }, missing) : healed;
  await refreshAddresses(dir, whole, signal);
  await removeUnknown({ ...work, record: whole });
}

/** In the order in which lessons know them. */
async function withServers(work: Work, missing: readonly string[]): Promise<ClusterRecord> {
  const { home, dir } = work;
  const { nodes, ...rest } = await makeServers(
    work,
    missing.map((name) => ({ name, role: baseRole(name) })),
  );
  const place = ({ name }: NodeRecord) => baseNames(rest.workers).indexOf(name);
  const whole = { ...rest, nodes: nodes.toSorted((a, b) => place(a) - place(b)) };
  await writeRecord(dir, whole, home);
  return whole;
}
