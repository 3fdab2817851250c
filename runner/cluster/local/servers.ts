// What `lesson node` does to the servers of a local cluster, each with the lock of the cluster held.
import { UserError } from '../../errors.ts';
import type { Home } from '../state/home.ts';
import { withLock } from '../state/lock.ts';
import { isPaused } from '../state/processes.ts';
import type { Servers } from '../types.ts';
import { addNode, removeNode } from './added.ts';
import { checkNode } from './answers.ts';
import { existingRecord, findNode } from './cluster.ts';
import { serverState } from './postmaster.ts';
import { type ClusterRecord, clusterDir, dataDir, writeRecord } from './record.ts';
import { refreshAddresses } from './registration.ts';
import { stopServer } from './server.ts';
import { killServer, pauseServer, resumeServer } from './signals.ts';
import { makeStandby, promoteStandby } from './standby.ts';
import { hasMoved, startServers } from './start.ts';

/** A cluster whose servers are worked on, its lock held. */
export interface Work {
  readonly home: Home;
  readonly name: string;
  readonly dir: string;
  readonly record: ClusterRecord;
  readonly signal: AbortSignal;
}

export function localServers(home: Home, name: string): Servers {
  const locked = (what: string, signal: AbortSignal, use: (work: Work) => Promise<void>) =>
    withLock(home, `up.${name}`, `lesson node ${what}`, { signal, timeoutMs: 120_000 }, async () => {
      await use({
        home,
        name,
        dir: clusterDir(home, name),
        record: await existingRecord(home, name),
        signal,
      });
    });
  /** A verb on the server of one node that is there. */
  const verb =
    (what: string, use: (work: Work, node: string, data: string) => Promise<unknown>) =>
    (node: string, signal: AbortSignal) =>
      locked(`${what} ${node}`, signal, async (work) => {
        findNode(name, work.record, node);
        await use(work, node, dataDir(work.dir, node));
      });
  return {
    start: verb('start', startNode),
    stop: verb('stop', ({ signal }, node, data) => stopServer(home, { node, dataDir: data }, 'fast', signal)),
    kill: verb('kill', ({ signal }, _, data) => killServer(data, signal)),
    pause: verb('pause', ({ signal }, node, data) => pauseNode(node, data, signal)),
    resume: verb('resume', async ({ record, signal }, node, data) => {
      await resumeServer(data);
      if ((await serverState(data)).state === 'up') {
        await checkNode(findNode(name, record, node), record.password, signal);
      }
    }),
    remove: verb('remove', removeNode),
    promote: verb('promote', promoteStandby),
    add: (node, signal) => locked(`add ${node}`, signal, (work) => addNode(work, node)),
    standby: (options, signal) =>
      locked(`standby ${options.of}`, signal, (work) => makeStandby(work, options)),
  };
}

/** @throws UserError for a primary that was replaced: beside its successor both would take writes. */
async function startNode({ home, name, dir, record, signal }: Work, node: string, data: string) {
  const { replacedBy } = findNode(name, record, node);
  if (replacedBy !== undefined) {
    throw new UserError(`${replacedBy} was promoted in the place of ${node}: both would take writes`, {
      code: 'cluster',
      hint: `Make it a standby of the new primary: "lesson node standby ${replacedBy} --as ${node}".`,
    });
  }
  await resumeServer(data);
  const { nodes } = await startServers(home, { name, dir, record }, signal, (each) => each.name === node);
  const now = { ...record, nodes };
  if (hasMoved(nodes, record.nodes)) {
    await refreshAddresses(dir, now, signal);
    await writeRecord(dir, now, home);
  }
  await checkNode(findNode(name, now, node), record.password, signal);
}

/** @throws UserError where there is nothing that could be paused. */
async function pauseNode(node: string, data: string, signal: AbortSignal): Promise<void> {
  await pauseServer(data, signal);
  const found = await serverState(data);
  if ('postmaster' in found && (await isPaused(found.postmaster.pid))) return;
  throw new UserError(`${node} is down: there is nothing to pause`, {
    code: 'cluster',
    hint: `Run "lesson node start ${node}" first.`,
  });
}
