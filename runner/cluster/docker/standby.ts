// Streaming replication: a standby of a node, and a standby that takes its place.
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { UserError } from '../../errors.ts';
import type { NodeStatus, StandbyOptions } from '../types.ts';
import { checkName, removeServer } from './added.ts';
import { takeBackup } from './backup.ts';
import { stateOf } from './cluster.ts';
import { listContainers } from './containers.ts';
import { tellOfStandbys } from './following.ts';
import { compose, type Project } from './project.ts';
import { findNode, type NodeRecord, writeRecord } from './record.ts';
import { onNode } from './registration.ts';
import { startAgain } from './start.ts';

const streamDeadlineMs = 30_000;

/** One that is there and follows as asked is left as it is. */
export async function makeStandby(
  project: Project,
  { name: standby, ...follows }: StandbyOptions,
  signal: AbortSignal,
): Promise<void> {
  const { name, record } = project;
  checkName(standby);
  const followed = findNode(name, record, follows.of);
  const there = record.nodes.find((node) => node.name === standby);
  if (standby === follows.of)
    throw wrong(`${standby} cannot follow itself`, 'Give the standby another name.');
  if ((await stateIn(project, follows.of, signal)) !== 'up') {
    throw wrong(`${follows.of} is down: there is nothing to follow`, 'Start it first.');
  }
  if (there && (await stateIn(project, standby, signal)) === 'up') {
    if (there.follows?.of !== follows.of) {
      throw wrong(
        `${standby} is up, and is no standby of ${follows.of}`,
        'Stop it first, or give the new one another name with --as.',
      );
    }
    return follow(project, { ...there, follows }, signal);
  }
  const data = followed.data ?? followed.name;
  const made: NodeRecord = { name: standby, role: 'standby', data, follows };
  const wanted = withNode(project, made);
  await removeServer(project, standby, signal);
  try {
    await compose(wanted, ['up', '--no-start', '--pull', 'never', standby], { signal });
    await takeBackup(project, standby, follows, signal);
    await follow(project, made, signal);
  } catch (error) {
    if (there === undefined && !signal.aborted) await removeServer(project, standby, signal).catch(() => {});
    throw error;
  }
}

/** Starts the standby, tells the node that it follows, and waits until it streams. */
async function follow(project: Project, made: NodeRecord, signal: AbortSignal): Promise<void> {
  const wanted = withNode(project, made);
  await startAgain(wanted, made.name, signal);
  await writeRecord(wanted.home, wanted.dir, wanted.record);
  await tellOfStandbys(wanted, made.follows!.of, signal);
  await untilStreaming(wanted, made, signal);
}

function withNode(project: Project, made: NodeRecord): Project {
  const others = project.record.nodes.filter(({ name }) => name !== made.name);
  return { ...project, record: { ...project.record, nodes: [...others, made] } };
}

async function stateIn({ name }: Project, node: string, signal: AbortSignal): Promise<NodeStatus['state']> {
  return stateOf((await listContainers(name, signal)).find((each) => each.node === node));
}

async function untilStreaming(project: Project, { name, follows }: NodeRecord, signal: AbortSignal) {
  const { of, synchronous } = follows!;
  const states = synchronous ? `'sync', 'potential'` : `'async'`;
  const sql = `
    SELECT
      FROM pg_stat_replication
     WHERE application_name = '${name}'
       AND state = 'streaming'
       AND sync_state IN (${states})`;
  const isTrue = async (client: Client) => {
    for (const deadline = Date.now() + streamDeadlineMs; Date.now() < deadline; ) {
      if ((await client.query(sql)).rowCount! > 0) return true;
      await wait(10, undefined, { signal });
    }
    return false;
  };
  const options = { signal, database: 'template1', timeoutMs: streamDeadlineMs + 5_000 };
  if (await onNode(project, of, options, isTrue)) return;
  throw wrong(
    `${name} does not stream from ${of} after ${streamDeadlineMs / 1000} s`,
    `Look at "lesson logs ${name}".`,
  );
}

/** It takes the place of the node that it follows; that one is not started again beside it. */
export async function promoteStandby(project: Project, standby: string, signal: AbortSignal): Promise<void> {
  const { home, name, dir, record } = project;
  const found = findNode(name, record, standby);
  const options = { signal, database: 'template1', timeoutMs: 60_000 };
  if (found.follows === undefined) {
    await onNode(project, standby, options, (client) => client.query('SELECT'));
    return; // it takes writes already
  }
  const followed = findNode(name, record, found.follows.of);
  await onNode(project, standby, options, async (client) => {
    const { rows } = await client.query('SELECT pg_promote(wait => true, wait_seconds => 50) AS done');
    if (!rows[0].done)
      throw wrong(`${standby} was not promoted within 50 s`, `Look at "lesson logs ${standby}".`);
  });
  const { follows: _, ...rest } = found;
  const nodes = record.nodes.map((node): NodeRecord => {
    if (node.name === standby) return { ...rest, role: followed.role };
    return node.name === followed.name ? { ...node, replacedBy: standby } : node;
  });
  await writeRecord(home, dir, { ...record, nodes });
}

function wrong(message: string, hint: string): UserError {
  return new UserError(message, { code: 'cluster', hint });
}
