// Streaming replication: a standby of a node, and a standby that takes its place.

import { checkNodeName } from '../../orchestration/names.ts';
import { findNode, type NodeRecord, promoted } from '../../orchestration/node-record.ts';
import {
  endRecovery,
  standbyError,
  streamDeadlineMs,
  untilStreaming,
} from '../../orchestration/streaming.ts';
import type { NodeStatus, StandbyOptions } from '../../port.ts';
import { removeServer } from './added.ts';
import { takeBackup } from './backup.ts';
import { stateOf } from './cluster.ts';
import { listContainers } from './containers.ts';
import { tellOfStandbys } from './following.ts';
import { compose, type Project } from './project.ts';
import { writeRecord } from './record.ts';
import { onNode } from './registration.ts';
import { startAgain } from './start.ts';

/** One that is there and follows as asked is left as it is. */
export async function makeStandby(
  project: Project,
  { name: standby, ...follows }: StandbyOptions,
  signal: AbortSignal,
): Promise<void> {
  const { name, record } = project;
  checkNodeName(standby);
  const followed = findNode(name, record, follows.of);
  const there = record.nodes.find((node) => node.name === standby);
  if (standby === follows.of)
    throw standbyError(`${standby} cannot follow itself`, 'Give the standby another name.');
  if ((await stateIn(project, follows.of, signal)) !== 'up') {
    throw standbyError(`${follows.of} is down: there is nothing to follow`, 'Start it first.');
  }
  if (there && (await stateIn(project, standby, signal)) === 'up') {
    if (there.follows?.of !== follows.of) {
      throw standbyError(
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
  const options = { signal, database: 'template1', timeoutMs: streamDeadlineMs + 5_000 };
  await onNode(wanted, made.follows!.of, options, (client) => untilStreaming(client, made, signal));
}

function withNode(project: Project, made: NodeRecord): Project {
  const others = project.record.nodes.filter(({ name }) => name !== made.name);
  return { ...project, record: { ...project.record, nodes: [...others, made] } };
}

async function stateIn({ name }: Project, node: string, signal: AbortSignal): Promise<NodeStatus['state']> {
  return stateOf((await listContainers(name, signal)).find((each) => each.node === node));
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
  await onNode(project, standby, options, (client) => endRecovery(client, standby));
  await writeRecord(home, dir, { ...record, nodes: promoted(record.nodes, standby) });
}
