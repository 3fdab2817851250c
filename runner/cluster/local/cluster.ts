// A local cluster behind the port: reads what is on disk each time, so that it is never wrong about what another command did.
import { UserError } from '../../errors.ts';
import { lastLines } from '../state/files.ts';
import type { Home } from '../state/home.ts';
import { lockedBy, type Release, waitForLock } from '../state/lock.ts';
import { isPaused } from '../state/processes.ts';
import type { Cluster, NodeStatus, ResetOptions } from '../types.ts';
import { addressOf } from './address.ts';
import { serverState } from './postmaster.ts';
import {
  type ClusterRecord,
  clusterDir,
  coordinatorOf,
  dataDir,
  logFile,
  type NodeRecord,
  readRecord,
} from './record.ts';
import { localServers } from './servers.ts';

/** The cluster of that name; that there is one shows when it is asked something. */
export function openCluster(home: Home, name: string): Cluster {
  const dir = clusterDir(home, name);
  const record = () => existingRecord(home, name);
  return {
    kind: 'local',
    name,
    async nodes() {
      return nodeStatuses(dir, await record());
    },
    async address(node) {
      const known = await record();
      const found = node === 'coordinator' ? coordinatorOf(known) : findNode(name, known, node);
      return addressOf(found, known.password);
    },
    async log(node, lines) {
      findNode(name, await record(), node);
      return lastLines(logFile(dir, node), lines);
    },
    async reset(options: ResetOptions) {
      const { resetCluster } = await import('./reset.ts');
      await resetCluster(home, name, options);
    },
    holdRun: (holder) => holdRun(home, name, holder),
    async close() {},
    servers: localServers(home, name),
  };
}

/** @throws UserError where there is no cluster of that name, or only half of one. */
export async function existingRecord(home: Home, name: string): Promise<ClusterRecord> {
  const record = await readRecord(clusterDir(home, name));
  if (record) return record;
  throw new UserError(`there is no cluster "${name}"`, { code: 'cluster', hint: 'Run "lesson up".' });
}

/** @throws UserError with the known names. */
export function findNode(cluster: string, { nodes }: ClusterRecord, node: string): NodeRecord {
  const found = nodes.find(({ name }) => name === node);
  if (found) return found;
  const known = nodes.map(({ name }) => name).join(', ');
  throw new UserError(`unknown node "${node}" in the cluster "${cluster}"; known: ${known}`, {
    code: 'cluster',
  });
}

/** What the data folders say, without asking the servers. */
export async function nodeStatuses(dir: string, record: ClusterRecord): Promise<readonly NodeStatus[]> {
  return Promise.all(
    record.nodes.map(async (node): Promise<NodeStatus> => {
      const { name, role, follows, replacedBy } = node;
      const base = {
        name,
        role,
        ...(follows && { follows: follows.of }),
        ...(replacedBy && { replacedBy }),
      };
      const found = await serverState(dataDir(dir, name));
      if (found.state !== 'up') return { ...base, state: 'down', address: addressOf(node, record.password) };
      const { pid, port } = found.postmaster;
      const state = (await isPaused(pid)) ? 'paused' : 'up';
      return { ...base, state, pid, address: addressOf({ port }, record.password) };
    }),
  );
}

/** Two that start at the same moment can each see the other: a moment later one of them has it. */
const runWaitMs = 200;

async function holdRun(home: Home, name: string, holder: string): Promise<Release> {
  const taken = await waitForLock(home, `run.${name}`, holder, { timeoutMs: runWaitMs });
  if (typeof taken === 'function') return taken;
  throw lockedBy(taken);
}
