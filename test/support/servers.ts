// What tests of local clusters do to servers, and ask them.
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Cluster, NodeStatus } from '../../runner/cluster/port.ts';
import type { UpCluster, UpOptions } from '../../runner/cluster/provider.ts';
import { withClient } from '../../runner/connect/client.ts';
import { isAlive } from '../../runner/system/processes.ts';

import { localClusters } from './cluster.ts';

export const never = new AbortController().signal;

/** Brings a cluster up, and keeps what was reported. */
export async function up(
  stateDir: string,
  { pgBin, ...options }: Partial<UpOptions> & { readonly pgBin?: string } = {},
): Promise<{ readonly cluster: UpCluster; readonly messages: readonly string[] }> {
  const messages: string[] = [];
  const report = (message: string) => messages.push(message);
  const all = { name: 'default', report, signal: never, ...options };
  const cluster = await localClusters(stateDir, pgBin).up(all);
  return { cluster, messages };
}

/** Brings a cluster of a test up again. */
export const upAgain = ({ name, stateDir }: { readonly name: string; readonly stateDir: string }) =>
  localClusters(stateDir).up({ name, report: () => {}, signal: never });

/** The rows of a query on a node, each an array of values. */
export async function ask(cluster: Cluster, node: string, sql: string, database = 'postgres') {
  return withClient(await cluster.address(node), { signal: never, database }, async (client) => {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows as readonly (readonly unknown[])[];
  });
}

/** The process ids of the servers, in the order of the nodes. */
export async function pids(cluster: Cluster): Promise<readonly number[]> {
  return (await cluster.nodes()).map(({ pid }) => pid ?? 0);
}

export async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await untilGone(pid);
}

export async function untilGone(pid: number): Promise<void> {
  while (await isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

export const clusterFolder = (stateDir: string, name = 'default'): string => join(stateDir, 'clusters', name);

export async function readRecord(stateDir: string, name = 'default') {
  return JSON.parse(await readFile(join(clusterFolder(stateDir, name), 'cluster.json'), 'utf8'));
}

export async function writeRecord(stateDir: string, record: unknown, name = 'default'): Promise<void> {
  await writeFile(join(clusterFolder(stateDir, name), 'cluster.json'), JSON.stringify(record));
}

/** `{ coordinator: 'up', 'worker-1': 'down' }`. */
export async function statesOf(cluster: Cluster): Promise<Readonly<Record<string, NodeStatus['state']>>> {
  return Object.fromEntries((await cluster.nodes()).map(({ name, state }) => [name, state]));
}

/** Somebody else listens on this port, until the function it returns is called. */
export async function occupy(port: number): Promise<() => Promise<unknown>> {
  const intruder = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) =>
    intruder.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  return () => new Promise((resolve) => intruder.close(resolve));
}
