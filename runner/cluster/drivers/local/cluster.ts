// A local cluster behind the port: reads what is on disk each time, so that it is never wrong about what another command did.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../errors.ts';
import { lastLines } from '../../../system/files.ts';
import { holdRun } from '../../../system/lock.ts';
import { isPaused } from '../../../system/processes.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import { coordinatorOf, findNode, promoted, statusBase } from '../../orchestration/node-record.ts';
import type { Cluster, NodeStatus, ResetOptions } from '../../port.ts';
import { addressOf } from './address.ts';
import { isRunning, serverState } from './postmaster.ts';
import { type ClusterRecord, clusterDir, dataDir, logFile, readRecord } from './record.ts';
import { localServers } from './servers.ts';

/** The cluster of that name; that there is one shows when it is asked something. */
export function openCluster(home: StateFolder, name: string): Cluster {
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
    async baseWorkers() {
      return (await record()).workers;
    },
    async log(node, lines) {
      findNode(name, await record(), node);
      return lastLines(logFile(dir, node), lines);
    },
    async reset(options: ResetOptions) {
      const { resetCluster } = await import('./reset.ts');
      await resetCluster(home, name, options);
    },
    holdRun: (holder) => holdRun(home, `run.${name}`, holder),
    async close() {},
    servers: localServers(home, name),
  };
}

/** @throws UserError where there is no cluster of that name, or only half of one. */
export async function existingRecord(home: StateFolder, name: string): Promise<ClusterRecord> {
  const dir = clusterDir(home, name);
  const record = await readRecord(dir);
  if (record) return withPromotions(dir, record);
  throw new UserError(`there is no cluster "${name}"`, { code: 'cluster', hint: 'Run "lesson up".' });
}

/** What is so: PostgreSQL says that a standby was promoted, by whomever, by removing a file. */
async function withPromotions(dir: string, record: ClusterRecord): Promise<ClusterRecord> {
  const isThere = (node: string, file: string) =>
    access(join(dataDir(dir, node), file)).then(
      () => true,
      () => false,
    );
  let { nodes } = record;
  for (const { name, follows } of nodes) {
    if (!follows || (await isThere(name, 'standby.signal')) || !(await isThere(name, 'PG_VERSION'))) continue;
    nodes = promoted(nodes, name);
  }
  return { ...record, nodes };
}

/** @throws UserError where a node cannot be asked anything. */
export async function demandRunning(dir: string, node: string): Promise<void> {
  if (await isRunning(dataDir(dir, node))) return;
  const isThere = 'postmaster' in (await serverState(dataDir(dir, node)));
  throw new UserError(`${node} is ${isThere ? 'paused' : 'down'}`, {
    code: 'cluster',
    hint: `Run "lesson node ${isThere ? 'resume' : 'start'} ${node}" first.`,
  });
}

/** What the data folders say, without asking the servers. */
export async function nodeStatuses(dir: string, record: ClusterRecord): Promise<readonly NodeStatus[]> {
  return Promise.all(
    record.nodes.map(async (node): Promise<NodeStatus> => {
      const base = statusBase(node);
      const found = await serverState(dataDir(dir, node.name));
      if (found.state !== 'up') return { ...base, state: 'down', address: addressOf(node, record.password) };
      const { pid, port } = found.postmaster;
      const state = (await isPaused(pid)) ? 'paused' : 'up';
      return { ...base, state, pid, address: addressOf({ port }, record.password) };
    }),
  );
}
