// What `lesson node` does to the servers of a local cluster, each with the lock of the cluster held.
import { UserError } from '../../../errors.ts';
import { withLock } from '../../../system/lock.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import { findNode } from '../../orchestration/node-record.ts';
import type { Servers } from '../../port.ts';
import { addNode, removeNode, removeUnknown } from './added.ts';
import { checkNode } from './answers.ts';
import { existingRecord } from './cluster.ts';
import { isRunning, serverState } from './postmaster.ts';
import { type ClusterRecord, clusterDir, dataDir, type NodeRecord, writeRecord } from './record.ts';
import { catchUp, refreshAddresses } from './registration.ts';
import { stopServer } from './server.ts';
import { killServer, pauseServer, resumeServer } from './signals.ts';
import { makeStandby, promoteStandby } from './standby.ts';
import { hasMoved, startServers } from './start.ts';

/** A cluster whose servers are worked on, its lock held. */
export interface Work {
  readonly home: StateFolder;
  readonly name: string;
  readonly dir: string;
  readonly record: ClusterRecord;
  readonly signal: AbortSignal;
}

export function localServers(home: StateFolder, name: string): Servers {
  const locked = (what: string, signal: AbortSignal, use: (work: Work) => Promise<void>) =>
    withLock(home, `up.${name}`, `lesson node ${what}`, { signal, timeoutMs: 120_000 }, async () => {
      const dir = clusterDir(home, name);
      const work = { home, name, dir, record: await existingRecord(home, name), signal };
      await removeUnknown(work);
      await use(work).catch((cause: Error) => {
        signal.throwIfAborted();
        if (cause instanceof UserError) throw cause;
        throw new UserError(`"lesson node ${what}" came to nothing: ${cause.message}`, {
          code: 'cluster',
          hint: 'Run "lesson node list" to see which servers run.',
          cause,
        });
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
    resume: verb('resume', resumeNode),
    remove: verb('remove', removeNode),
    promote: verb('promote', promoteStandby),
    add: (node, signal) => locked(`add ${node}`, signal, (work) => addNode(work, node)),
    standby: (options, signal) =>
      locked(`standby ${options.of}`, signal, (work) => makeStandby(work, options)),
  };
}

/** Returns the record with the port on which it listens now. */
export async function startNode(work: Work, node: string): Promise<ClusterRecord> {
  const { home, name, dir, record, signal } = work;
  const data = dataDir(dir, node);
  refuseReplaced(findNode(name, record, node));
  await resumeServer(data);
  const isIt = (each: NodeRecord) => each.name === node;
  const { nodes, started } = await startServers(home, { name, dir, record }, signal, isIt);
  const now = { ...record, nodes };
  const isMoved = hasMoved(nodes, record.nodes);
  if (isMoved) await writeRecord(dir, now, home);
  if (isMoved) await refreshAddresses(dir, now, signal);
  else if (started.length > 0) await catchUp(dir, now, signal);
  await checkNode(findNode(name, now, node), record.password, signal);
  return now;
}

async function resumeNode({ name, dir, record, signal }: Work, node: string, data: string): Promise<void> {
  const found = findNode(name, record, node);
  refuseReplaced(found);
  const isThere = await isRunning(data);
  await resumeServer(data);
  if (!(await isRunning(data))) return;
  await checkNode(found, record.password, signal);
  if (!isThere) await catchUp(dir, record, signal);
}

/** @throws UserError for a primary that was replaced: beside its successor both would take writes. */
function refuseReplaced({ name: node, replacedBy }: NodeRecord): void {
  if (replacedBy === undefined) return;
  throw new UserError(`${replacedBy} was promoted in the place of ${node}: both would take writes`, {
    code: 'cluster',
    hint: `Make it a standby of the new primary: "lesson node standby ${replacedBy} --as ${node}".`,
  });
}

/** @throws UserError where there is nothing that could be paused. */
async function pauseNode(node: string, data: string, signal: AbortSignal): Promise<void> {
  await pauseServer(data, signal);
  if ('postmaster' in (await serverState(data))) return;
  throw new UserError(`${node} is down: there is nothing to pause`, {
    code: 'cluster',
    hint: `Run "lesson node start ${node}" first.`,
  });
}
