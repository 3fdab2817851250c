// Streaming replication: a standby of a node, and a standby that takes its place.
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { UserError } from '../../errors.ts';
import { withClient } from '../client.ts';
import { makeFolder } from '../state/home.ts';
import type { StandbyOptions } from '../types.ts';
import { checkName, removeServer } from './added.ts';
import { addressOf } from './address.ts';
import { checkNode } from './answers.ts';
import { takeBackup } from './backup.ts';
import { findNode } from './cluster.ts';
import { slotName } from './following.ts';
import { findFreePorts } from './ports.ts';
import { serverState } from './postmaster.ts';
import { dataDir, type NodeRecord, nodeDir, writeRecord } from './record.ts';
import { refreshAddresses, reload } from './registration.ts';
import type { Work } from './servers.ts';
import { configure, hasMoved, startServers } from './start.ts';

const streamDeadlineMs = 30_000;

/** One that is there and follows as asked is left as it is. */
export async function makeStandby(work: Work, { name: standby, ...follows }: StandbyOptions): Promise<void> {
  const { home, name, dir, record, signal } = work;
  checkName(standby);
  const followed = findNode(name, record, follows.of);
  const there = record.nodes.find((node) => node.name === standby);
  const isUp = async (node: string) => (await serverState(dataDir(dir, node))).state === 'up';
  if (standby === follows.of)
    throw wrong(`${standby} cannot follow itself`, 'Give the standby another name.');
  if (!(await isUp(follows.of))) {
    throw wrong(`${follows.of} is down: there is nothing to follow`, 'Start it first.');
  }
  const data = followed.data ?? followed.name;
  if (there && (await isUp(standby))) {
    if (there.follows?.of !== follows.of) {
      throw wrong(
        `${standby} is up, and is no standby of ${follows.of}`,
        `Stop it first, or give the new one another name with --as.`,
      );
    }
    await follow(work, { ...there, follows });
    return;
  }
  const port = there?.port ?? (await findFreePorts(1))[0]!;
  const made: NodeRecord = { name: standby, role: 'standby', port, data, follows };
  await removeServer(work, standby);
  try {
    await makeFolder(nodeDir(dir, standby), home.owner);
    const slot = follows.slot ? slotName(standby) : undefined;
    const from = addressOf(followed, record.password);
    await takeBackup(home, { from, dataDir: dataDir(dir, follows.of), slot }, dataDir(dir, standby), signal);
    await follow(work, made);
  } catch (error) {
    if (there === undefined) await rm(nodeDir(dir, standby), { recursive: true, force: true });
    throw error;
  }
}

/** Starts the standby, tells everybody of it, and waits until it streams. */
async function follow(work: Work, made: NodeRecord): Promise<void> {
  const { home, name, dir, record, signal } = work;
  const isThere = record.nodes.some((node) => node.name === made.name);
  const others = record.nodes.map((node) => (node.name === made.name ? made : node));
  const wanted = { ...record, nodes: isThere ? others : [...others, made] };
  // Noted before the start, so that nobody takes its server for one of no cluster.
  await writeRecord(dir, wanted, home);
  const { nodes } = await startServers(
    home,
    { name, dir, record: wanted },
    signal,
    (node) => node.name === made.name,
  );
  const now = { ...wanted, nodes };
  if (hasMoved(nodes, wanted.nodes)) await writeRecord(dir, now, home);
  await reload(dir, now, signal);
  const followed = findNode(name, now, made.follows!.of);
  await untilStreaming(work, made, followed);
}

async function untilStreaming(
  { record, signal }: Work,
  { name, follows }: NodeRecord,
  followed: NodeRecord,
): Promise<void> {
  const states = follows?.synchronous ? `'sync', 'potential'` : `'async'`;
  const sql = `
    SELECT
      FROM pg_stat_replication
     WHERE application_name = '${name}'
       AND state = 'streaming'
       AND sync_state IN (${states})`;
  const isTrue = (client: Client) =>
    until(streamDeadlineMs, signal, async () => (await client.query(sql)).rowCount! > 0);
  const options = { signal, database: 'template1', timeoutMs: streamDeadlineMs + 5_000 };
  if (await withClient(addressOf(followed, record.password), options, isTrue)) return;
  throw wrong(
    `${name} does not stream from ${followed.name} after ${streamDeadlineMs / 1000} s`,
    `Look at "lesson logs ${name}".`,
  );
}

/** Returns whether it came true in time. */
async function until(ms: number, signal: AbortSignal, isTrue: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; ) {
    if (await isTrue()) return true;
    await wait(10, undefined, { signal });
  }
  return false;
}

/** It takes the place of the node that it follows; that one is not started again beside it. */
export async function promoteStandby(work: Work, standby: string): Promise<void> {
  const { home, name, dir, record, signal } = work;
  const found = findNode(name, record, standby);
  if (found.follows === undefined) {
    await checkNode(found, record.password, signal);
    return; // it takes writes already
  }
  const followed = findNode(name, record, found.follows.of);
  const options = { signal, database: 'template1', timeoutMs: 60_000 };
  await withClient(addressOf(found, record.password), options, async (client) => {
    const { rows } = await client.query('SELECT pg_promote(wait => true, wait_seconds => 50) AS done');
    if (!rows[0].done)
      throw wrong(`${standby} was not promoted within 50 s`, `Look at "lesson logs ${standby}".`);
  });
  const { follows: _, ...rest } = found;
  const promoted: NodeRecord = { ...rest, role: followed.role };
  const nodes = record.nodes.map((node) => {
    if (node.name === standby) return promoted;
    return node.name === followed.name ? { ...node, replacedBy: standby } : node;
  });
  const now = { ...record, nodes };
  await configure(home, dir, name, now);
  await writeRecord(dir, now, home);
  await reload(dir, now, signal);
  if (promoted.role === 'coordinator') await refreshAddresses(dir, now, signal);
}

function wrong(message: string, hint: string): UserError {
  return new UserError(message, { code: 'cluster', hint });
}
