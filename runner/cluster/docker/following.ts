// What the servers are told of standbys: for whom commits wait, and for whom the log is kept.

import { stateOf } from './cluster.ts';
import { listContainers } from './containers.ts';
import type { Project } from './project.ts';
import type { NodeRecord } from './record.ts';
import { onNode } from './registration.ts';

/** A slot may have no hyphen in its name. */
export const slotName = (standby: string): string => standby.replaceAll('-', '_');

/** `synchronous_standby_names` of a node, as the record has it. */
export async function tellOfStandbys(project: Project, node: string, signal: AbortSignal): Promise<void> {
  const names = project.record.nodes
    .filter(({ follows }) => follows?.of === node && follows.synchronous)
    .map(({ name }) => `"${name}"`);
  const setting = names.length > 0 ? `= 'FIRST 1 (${names.join(', ')})'` : 'TO DEFAULT';
  await whereUp(project, node, signal, [
    `ALTER SYSTEM SET synchronous_standby_names ${setting}`,
    'SELECT pg_reload_conf()',
  ]);
}

/** The node that a standby followed keeps its log for it no longer. */
export async function dropSlot(
  project: Project,
  { name, follows }: NodeRecord,
  signal: AbortSignal,
): Promise<void> {
  if (!follows?.slot) return;
  await whereUp(project, follows.of, signal, [
    `SELECT pg_terminate_backend(active_pid, 5000), pg_drop_replication_slot(slot_name)
       FROM pg_replication_slots
      WHERE slot_name = '${slotName(name)}'`,
  ]);
}

async function whereUp(project: Project, node: string, signal: AbortSignal, statements: readonly string[]) {
  const container = (await listContainers(project.name, signal)).find((each) => each.node === node);
  if (stateOf(container) !== 'up') return;
  await onNode(project, node, { signal, database: 'template1' }, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}
