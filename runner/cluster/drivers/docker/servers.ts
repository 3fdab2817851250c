// What `lesson node` does to the containers of a cluster, each with the lock of the cluster held.
import { UserError } from '../../../errors.ts';
import { withLock } from '../../../system/lock.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import { findNode } from '../../orchestration/node-record.ts';
import type { Servers } from '../../port.ts';
import { addNode, removeNode } from './added.ts';
import { untilAnswers } from './answers.ts';
import { lockOf } from './cluster.ts';
import { type Container, listContainers } from './containers.ts';
import { docker } from './docker.ts';
import { containerOf, type Project } from './project.ts';
import { clusterDir, existingRecord } from './record.ts';
import { makeStandby, promoteStandby } from './standby.ts';
import { startAgain } from './start.ts';

type Verb = (project: Project, node: string, signal: AbortSignal) => Promise<unknown>;

export function dockerServers(home: StateFolder, name: string): Servers {
  const locked = (what: string, signal: AbortSignal, use: (project: Project) => Promise<unknown>) =>
    withLock(home, lockOf('up', name), `lesson node ${what}`, { signal, timeoutMs: 120_000 }, async () => {
      await use({ home, name, dir: clusterDir(home, name), record: await existingRecord(home, name) });
    });
  /** On a node that is there. */
  const verb = (what: string, use: Verb) => (node: string, signal: AbortSignal) =>
    locked(`${what} ${node}`, signal, (project) => {
      findNode(name, project.record, node);
      return use(project, node, signal);
    });
  return {
    start: verb('start', startNode),
    stop: verb('stop', stopNode),
    kill: verb('kill', killNode),
    pause: verb('pause', pauseNode),
    resume: verb('resume', resumeNode),
    remove: verb('remove', removeNode),
    promote: verb('promote', promoteStandby),
    add: (node, signal) => locked(`add ${node}`, signal, (project) => addNode(project, node, signal)),
    standby: (options, signal) =>
      locked(`standby ${options.of}`, signal, (project) => makeStandby(project, options, signal)),
  };
}

/** @throws UserError for a primary that was replaced: beside its successor both would take writes. */
async function startNode(project: Project, node: string, signal: AbortSignal): Promise<void> {
  const { replacedBy } = findNode(project.name, project.record, node);
  if (replacedBy !== undefined) {
    throw new UserError(`${replacedBy} was promoted in the place of ${node}: both would take writes`, {
      code: 'cluster',
      hint: `Make it a standby of the new primary: "lesson node standby ${replacedBy} --as ${node}".`,
    });
  }
  await startAgain(project, node, signal);
}

async function stopNode({ name }: Project, node: string, signal: AbortSignal): Promise<void> {
  const container = containerOf(name, node);
  const state = await stateIn(name, node, signal);
  if (state === 'paused') await docker(['unpause', container], { signal });
  if (state === 'paused' || state === 'running') await docker(['stop', '-t', '30', container], { signal });
}

/** Docker's own kill: all processes of the container at once. */
async function killNode({ name }: Project, node: string, signal: AbortSignal): Promise<void> {
  const state = await stateIn(name, node, signal);
  if (state === 'paused' || state === 'running') await docker(['kill', containerOf(name, node)], { signal });
}

async function pauseNode({ name }: Project, node: string, signal: AbortSignal): Promise<void> {
  const state = await stateIn(name, node, signal);
  if (state === 'paused') return;
  if (state === 'running') return void (await docker(['pause', containerOf(name, node)], { signal }));
  throw new UserError(`${node} is down: there is nothing to pause`, {
    code: 'cluster',
    hint: `Run "lesson node start ${node}" first.`,
  });
}

async function resumeNode(project: Project, node: string, signal: AbortSignal): Promise<void> {
  const state = await stateIn(project.name, node, signal);
  if (state !== 'paused') return;
  await docker(['unpause', containerOf(project.name, node)], { signal });
  await untilAnswers(project, [node], signal);
}

async function stateIn(
  cluster: string,
  node: string,
  signal: AbortSignal,
): Promise<Container['state'] | undefined> {
  return (await listContainers(cluster, signal)).find((each) => each.node === node)?.state;
}
