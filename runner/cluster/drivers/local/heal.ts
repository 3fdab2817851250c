// Brings a cluster that was made before to what it should be: every server up, as many workers as asked for.

import type { StateFolder } from '../../../system/state-folder.ts';
import { baseNames } from '../../orchestration/node-record.ts';
import { addWorkers } from './added.ts';
import { nodeStatuses } from './cluster.ts';
import { type ClusterRecord, clusterDir, dataDir, writeRecord } from './record.ts';
import { catchUp, refreshAddresses } from './registration.ts';
import { resumeServer } from './signals.ts';
import { hasMoved, type Started, startServers } from './start.ts';

/** Returns the record as it is then. */
export async function heal(
  home: StateFolder,
  {
    name,
    record,
    workers,
  }: { readonly name: string; readonly record: ClusterRecord; readonly workers: number },
  report: (message: string) => void,
  signal: AbortSignal,
): Promise<ClusterRecord> {
  const dir = clusterDir(home, name);
  const running = (await nodeStatuses(dir, record)).filter(({ state }) => state === 'up').length;
  for (const { name: node, replacedBy } of record.nodes) {
    if (replacedBy === undefined) await resumeServer(dataDir(dir, node));
  }
  const up = await startServers(home, { name, dir, record }, signal);
  reportStarted(up, record, report);
  const healed = { ...record, nodes: up.nodes };
  const isMoved = hasMoved(up.nodes, record.nodes);
  if (isMoved) await writeRecord(dir, healed, home);
  if (isMoved) await refreshAddresses(dir, healed, signal);
  else if (running > 0) await catchUp(dir, healed, signal);
  if (workers > record.workers) {
    const names = baseNames(workers).filter((each) => !record.nodes.some((node) => node.name === each));
    report(`Adding ${names.join(', ')} to the cluster "${name}".`);
    return addWorkers({ home, name, dir, record: { ...healed, workers }, signal }, names);
  }
  return healed;
}

function reportStarted({ started }: Started, record: ClusterRecord, report: (message: string) => void): void {
  for (const { node, was } of started) {
    if (was === 'killed') report(`${node} had been killed. It runs again.`);
  }
  const stopped = started.filter(({ was }) => was !== 'killed').map(({ node }) => node);
  if (stopped.length === record.nodes.length) report(`Started the ${stopped.length} servers of the cluster.`);
  else if (stopped.length > 0) report(`Started ${stopped.join(', ')}, which did not run.`);
}
