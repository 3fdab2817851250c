// Streaming replication: a standby of a node, and a standby that takes its place.
import { rename, rm } from 'node:fs/promises';
import { makeFolder } from '../../../system/state-folder.ts';
import { withClient } from '../../connect/client.ts';
import { findNode } from '../../orchestration/node-record.ts';
import {
  endRecovery,
  standbyError,
  streamDeadlineMs,
  untilStreaming,
} from '../../orchestration/streaming.ts';
import type { StandbyOptions } from '../../port.ts';
import { checkName } from './added.ts';
import { addressOf } from './address.ts';
import { takeBackup } from './backup.ts';
import { demandRunning, existingRecord } from './cluster.ts';
import { findFreePorts } from './ports.ts';
import { isRunning, serverState } from './postmaster.ts';
import { dataDir, halfDir, type NodeRecord, nodeDir, writeRecord } from './record.ts';
import { refreshAddresses, reload } from './registration.ts';
import type { Work } from './servers.ts';
import { resumeServer } from './signals.ts';
import { dropSlot, makeSlot } from './slot.ts';
import { configure, hasMoved, startServers } from './start.ts';
import { endSurvivors } from './survivors.ts';

/** One that is up and follows the same node keeps its data, and follows as it is asked to now. */
export async function makeStandby(work: Work, { name: standby, ...follows }: StandbyOptions): Promise<void> {
  const { name, dir, record } = work;
  checkName(standby);
  const followed = findNode(name, record, follows.of);
  const there = record.nodes.find((node) => node.name === standby);
  if (standby === follows.of) {
    throw standbyError(`${standby} cannot follow itself`, 'Give the standby another name with --as.');
  }
  if (followed.follows) {
    throw standbyError(
      `${followed.name} is a standby itself, and none is made of a standby here`,
      `Make one more of ${followed.follows.of}: "lesson node standby ${followed.follows.of} --as ${standby}".`,
    );
  }
  const follower = record.nodes.find((node) => node.follows?.of === standby);
  if (follower) {
    throw standbyError(
      `${standby} cannot become a standby: ${follower.name} follows it`,
      `Remove ${follower.name} first.`,
    );
  }
  if (there && !there.follows && there.replacedBy === undefined) {
    throw standbyError(
      `there is a node "${standby}" already, with data of its own`,
      'Give the standby another name with --as.',
    );
  }
  await demandRunning(dir, followed.name);
  const isUp = there !== undefined && 'postmaster' in (await serverState(dataDir(dir, standby)));
  if (isUp && there.follows?.of !== followed.name) {
    throw standbyError(
      `${standby} is up, and is no standby of ${followed.name}`,
      'Stop it first, or give the new one another name with --as.',
    );
  }
  const port = there?.port ?? (await findFreePorts(1))[0]!;
  const data = followed.data ?? followed.name;
  const made: NodeRecord = { name: standby, role: 'standby', port, data, follows };
  if (isUp) await resumeServer(dataDir(dir, standby));
  if (!isUp && there) await dropSlot(work, there); // what it kept is of no use to new data
  if (follows.slot) await makeSlot(work, made);
  if (!isUp) await copyData(work, made);
  await follow(work, made);
  if (isUp && !follows.slot) await dropSlot(work, there);
}

/** In the place of what data there is, which goes only when the new is whole. */
async function copyData(work: Work, made: NodeRecord): Promise<void> {
  const { home, name, dir, record, signal } = work;
  const followed = findNode(name, record, made.follows!.of);
  const isNew = !record.nodes.some((node) => node.name === made.name);
  const [data, half] = [dataDir(dir, made.name), halfDir(dir, made.name)];
  const backup = { from: addressOf(followed, record.password), dataDir: dataDir(dir, followed.name) };
  try {
    await makeFolder(nodeDir(dir, made.name), home.owner);
    await takeBackup(home, backup, half, signal);
  } catch (error) {
    await rm(isNew ? nodeDir(dir, made.name) : half, { recursive: true, force: true });
    await dropSlot({ ...work, signal: AbortSignal.timeout(5_000) }, made).catch(() => {});
    throw error;
  }
  if (!isNew) {
    const nodes = record.nodes.filter((node) => node.name !== made.name);
    await writeRecord(dir, { ...record, nodes }, home);
    await endSurvivors(home, data, signal);
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  }
  await rename(half, data);
}

/** Starts the standby, tells everybody of it, and waits until it streams. */
async function follow(work: Work, made: NodeRecord): Promise<void> {
  const { home, name, dir, record, signal } = work;
  const isNew = !record.nodes.some((node) => node.name === made.name);
  const others = record.nodes.map((node) => (node.name === made.name ? made : node));
  const wanted = { ...record, nodes: isNew ? [...others, made] : others };
  await writeRecord(dir, wanted, home);
  const isIt = (node: NodeRecord) => node.name === made.name;
  const { nodes } = await startServers(home, { name, dir, record: wanted }, signal, isIt);
  const now = { ...wanted, nodes };
  if (hasMoved(nodes, wanted.nodes)) await writeRecord(dir, now, home);
  await reload(dir, now, signal);
  const options = { signal, database: 'template1', timeoutMs: streamDeadlineMs + 5_000 };
  const { port } = findNode(name, now, made.follows!.of);
  await withClient(addressOf({ port }, record.password), options, (client) =>
    untilStreaming(client, made, signal),
  );
}

/** It takes the place of the node that it follows; that one is not started again beside it. */
export async function promoteStandby(work: Work, standby: string): Promise<void> {
  const { home, name, dir, record, signal } = work;
  const found = findNode(name, record, standby);
  await demandRunning(dir, standby);
  if (found.follows === undefined) return; // it takes writes already
  const { of } = found.follows;
  if (await isRunning(dataDir(dir, of))) {
    throw standbyError(
      `${of} is up: beside ${standby} both would take writes`,
      `Stop it first: "lesson node stop ${of}", or "lesson node kill ${of}".`,
    );
  }
  const options = { signal, database: 'template1', timeoutMs: 60_000 };
  await withClient(addressOf(found, record.password), options, (client) => endRecovery(client, standby));
  const now = await existingRecord(home, name); // it sees the promotion
  await writeRecord(dir, now, home);
  await configure(home, dir, name, now);
  await (findNode(name, now, standby).role === 'coordinator' ? refreshAddresses : reload)(dir, now, signal);
}
