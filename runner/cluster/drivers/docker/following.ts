// What the servers are told of standbys: for whom commits wait, and for whom the log is kept.
import type { Client } from 'pg';
import type { NodeRecord } from '../../orchestration/node-record.ts';
import * as streaming from '../../orchestration/streaming.ts';
import { stateOf } from './cluster.ts';
import { listContainers } from './containers.ts';
import type { Project } from './project.ts';
import { onNode } from './registration.ts';

/** `synchronous_standby_names` of a node, as the record has it. */
export async function tellOfStandbys(project: Project, node: string, signal: AbortSignal): Promise<void> {
  const names = streaming.synchronousNames(project.record.nodes, node);
  const setting = names === undefined ? 'TO DEFAULT' : `= '${names}'`;
  await whereUp(project, node, signal, async (client) => {
    await client.query(`ALTER SYSTEM SET synchronous_standby_names ${setting}`);
    await client.query('SELECT pg_reload_conf()');
  });
}

/** The node that a standby followed keeps its log for it no longer. */
export async function dropSlot(
  project: Project,
  { name, follows }: NodeRecord,
  signal: AbortSignal,
): Promise<void> {
  if (!follows?.slot) return;
  await whereUp(project, follows.of, signal, (client) => streaming.dropSlot(client, name));
}

async function whereUp(
  project: Project,
  node: string,
  signal: AbortSignal,
  use: (client: Client) => Promise<void>,
) {
  const container = (await listContainers(project.name, signal)).find((each) => each.node === node);
  if (stateOf(container) !== 'up') return;
  await onNode(project, node, { signal, database: 'template1' }, use);
}
