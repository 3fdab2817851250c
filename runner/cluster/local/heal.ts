// Brings a cluster that was made before to what it should be: every server up, as many workers as asked for.
import { rm } from 'node:fs/promises';
import type { Home } from '../state/home.ts';
import { addServers, nodeRecord, setPasswords } from './create.ts';
import { findFreePorts } from './ports.ts';
import { type ClusterRecord, clusterDir, dataDir, nodeDir, writeRecord } from './record.ts';
import { refreshAddresses, registerNodes } from './registration.ts';
import { stopServer } from './server.ts';
import { hasMoved, type Started, startServers } from './start.ts';
import { getTemplate } from './template.ts';

export async function heal(
  home: Home,
  {
    name,
    record,
    workers,
  }: { readonly name: string; readonly record: ClusterRecord; readonly workers: number },
  report: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const dir = clusterDir(home, name);
  const up = await startServers(home, { name, dir, record }, signal);
  reportStarted(up, record, report);
  const healed = { ...record, nodes: up.nodes };
  if (hasMoved(up.nodes, record.nodes)) {
    await refreshAddresses(healed, signal);
    await writeRecord(dir, healed, home);
  }
  if (workers > record.nodes.length - 1) await addWorkers(home, name, healed, workers, report, signal);
}

function reportStarted({ started }: Started, record: ClusterRecord, report: (message: string) => void): void {
  for (const { node, was } of started) {
    if (was === 'killed') report(`${node} had been killed. It runs again.`);
  }
  const stopped = started.filter(({ was }) => was !== 'killed').map(({ node }) => node);
  if (stopped.length === record.nodes.length) report(`Started the ${stopped.length} servers of the cluster.`);
  else if (stopped.length > 0) report(`Started ${stopped.join(', ')}, which did not run.`);
}

async function addWorkers(
  home: Home,
  name: string,
  record: ClusterRecord,
  workers: number,
  report: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const dir = clusterDir(home, name);
  const there = record.nodes.length;
  const ports = await findFreePorts(workers + 1 - there);
  const added = ports.map((port, i) => nodeRecord(there + i, port));
  report(`Adding ${added.map(({ name }) => name).join(', ')} to the cluster "${name}".`);
  const template = await getTemplate(home, record.maker, signal);
  for (const { name: node } of added) {
    // What an earlier attempt left.
    await stopServer(home, { node, dataDir: dataDir(dir, node) }, 'immediate', signal);
    await rm(nodeDir(dir, node), { recursive: true, force: true });
  }
  await addServers(home, dir, template, added);
  const wanted = { ...record, nodes: [...record.nodes, ...added] };
  const { nodes } = await startServers(home, { name, dir, record: wanted }, signal);
  const larger = { ...wanted, nodes };
  await setPasswords(nodes.slice(there), template.password, record.password, signal);
  await refreshAddresses(larger, signal);
  await registerNodes(larger, signal);
  await writeRecord(dir, larger, home);
}
