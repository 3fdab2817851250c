// The servers with which every lesson starts: those that a learner added are gone, those that he stopped run, those
// that he made standbys are themselves again.
import { rm } from 'node:fs/promises';
import { withLock } from '../../../system/lock.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import type { NodeRecord } from '../../orchestration/node-record.ts';
import { removeServer } from './added.ts';
import { lockOf, nodeStatuses } from './cluster.ts';
import { listContainers } from './containers.ts';
import { tellOfStandbys } from './following.ts';
import { heal } from './heal.ts';
import type { Project } from './project.ts';
import {
  baseNodes,
  type ClusterRecord,
  clusterDir,
  existingRecord,
  untouchedFile,
  writeRecord,
} from './record.ts';
import { onNode } from './registration.ts';

/** The cluster with just those servers, all of them up. */
export async function baseProject(home: StateFolder, name: string, signal: AbortSignal): Promise<Project> {
  const dir = clusterDir(home, name);
  const record = await existingRecord(home, name);
  if (await isAtBase(name, record, signal)) return { home, name, dir, record };
  const limits = { signal, timeoutMs: 300_000 };
  return withLock(home, lockOf('up', name), 'lesson reset', limits, async () => {
    const project = { home, name, dir, record: await existingRecord(home, name) };
    return restoreBase(project, signal);
  });
}

async function isAtBase(name: string, record: ClusterRecord, signal: AbortSignal): Promise<boolean> {
  const base = baseNodes(record.workers).map((node) => node.name);
  const nodes = nodeStatuses(record, await listContainers(name, signal));
  return (
    nodes.length === base.length &&
    nodes.every((node) => base.includes(node.name) && node.state === 'up') &&
    record.nodes.every(isItself)
  );
}

/** Such a one can be told what to be by what is in its databases. */
const isItself = ({ name, role, data = name, follows, replacedBy }: NodeRecord): boolean =>
  role !== 'standby' && data === name && follows === undefined && replacedBy === undefined;

async function restoreBase(project: Project, signal: AbortSignal): Promise<Project> {
  const { home, dir, record } = project;
  const nodes = baseNodes(record.workers);
  const isKept = (node: NodeRecord) =>
    nodes.some(({ name }) => name === node.name) && (node.data ?? node.name) === node.name;
  const thrown = record.nodes.filter((node) => !isKept(node));
  // Data that is made anew has no snapshots, and is no longer what the last reset left.
  if (thrown.length > 0) await rm(untouchedFile(dir), { force: true });
  await Promise.all(thrown.map(({ name }) => removeServer(project, name, signal)));
  const base = { ...project, record: { ...record, nodes } };
  await writeRecord(home, dir, base.record);
  await heal(base, { workers: 0, report: () => {}, signal });
  for (const { name } of record.nodes.filter(({ follows }) => follows)) {
    if (nodes.some((node) => node.name === name)) await endFollowing(base, name, signal);
  }
  // Commits would wait for standbys that are gone. Of one that was promoted nothing says any more whom it followed.
  await Promise.all(nodes.map(({ name }) => tellOfStandbys(base, name, signal)));
  return base;
}

/** Its data is what it was, a few transactions later. */
async function endFollowing(project: Project, node: string, signal: AbortSignal): Promise<void> {
  await onNode(project, node, { signal, database: 'template1' }, (client) =>
    client.query('SELECT pg_promote() WHERE pg_is_in_recovery()'),
  );
}
