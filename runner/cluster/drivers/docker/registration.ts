// Makes the extension, and tells the coordinator which workers there are.
import type { Client } from 'pg';
import { withClient } from '../../connect/client.ts';
import { coordinatorOf } from '../../orchestration/node-record.ts';
import { addressOf } from './address.ts';
import { listContainers } from './containers.ts';
import type { Project } from './project.ts';

/** What the servers have in their metadata: their names are host names on their network. */
export const shownPort = 5432;

/** On every node that does not have it. */
export async function createEngine({ name, record }: Project, signal: AbortSignal): Promise<void> {
  const containers = await listContainers(name, signal);
  await Promise.all(
    record.nodes.map((node) => {
      const address = addressOf(
        record.password,
        containers.find((each) => each.node === node.name),
      );
      return withClient(address, { signal }, (client) =>
        client.query('CREATE EXTENSION IF NOT EXISTS citus CASCADE'),
      );
    }),
  );
}

/** Registers the nodes that the coordinator does not know yet. */
export async function registerNodes(project: Project, signal: AbortSignal): Promise<void> {
  const { record } = project;
  await onCoordinator(project, signal, async (client) => {
    await client.query('SELECT citus_set_coordinator_host($1, $2)', [coordinatorOf(record).name, shownPort]);
    for (const { name, role, replacedBy } of record.nodes) {
      if (role === 'worker' && replacedBy === undefined) {
        await client.query('SELECT citus_add_node($1, $2)', [name, shownPort]);
      }
    }
  });
}

export async function onCoordinator<T>(
  project: Project,
  signal: AbortSignal,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  return onNode(project, coordinatorOf(project.record).name, { signal }, use);
}

/** In the database `postgres` unless another is named. */
export async function onNode<T>(
  { name, record }: Project,
  node: string,
  options: { readonly signal: AbortSignal; readonly database?: string; readonly timeoutMs?: number },
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const containers = await listContainers(name, options.signal);
  const address = addressOf(
    record.password,
    containers.find((each) => each.node === node),
  );
  return withClient(address, options, use);
}
