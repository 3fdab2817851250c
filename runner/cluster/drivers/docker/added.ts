// Workers that a learner adds to the cluster, and nodes that he removes.
import { UserError } from '../../../errors.ts';
import { checkNodeName } from '../../orchestration/names.ts';
import { coordinatorOf, findNode, type NodeRecord } from '../../orchestration/node-record.ts';
import { docker } from './docker.ts';
import { dropSlot, tellOfStandbys } from './following.ts';
import { containerOf, type Project, volumeOf } from './project.ts';
import { writeRecord } from './record.ts';
import { onCoordinator, registerNodes, shownPort } from './registration.ts';
import { startNodes } from './start.ts';

/** A worker of that name, registered; none if there is one already. */
export async function addNode(project: Project, node: string, signal: AbortSignal): Promise<void> {
  checkNodeName(node);
  const known = project.record.nodes.find(({ name }) => name === node);
  if (known === undefined) return addWorkers(project, [node], signal);
  if (known.role === 'worker' && known.replacedBy === undefined) return registerNodes(project, signal);
  throw new UserError(`there is a node "${node}" already, and it is no worker`, {
    code: 'cluster',
    hint: 'Give the new worker another name.',
  });
}

/** New servers with empty data. */
export async function addWorkers(
  project: Project,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { home, dir, record } = project;
  const added = names.map((name): NodeRecord => ({ name, role: 'worker' }));
  const larger = { ...project, record: { ...record, nodes: [...record.nodes, ...added] } };
  for (const node of names) await removeServer(project, node, signal); // what an earlier attempt left
  await startNodes(larger, names, signal);
  await registerNodes(larger, signal);
  await writeRecord(home, dir, larger.record);
}

/** @throws UserError with what Citus says, where the node has shards. */
export async function removeNode(project: Project, node: string, signal: AbortSignal): Promise<void> {
  const { home, name, dir, record } = project;
  const found = findNode(name, record, node);
  if (node === coordinatorOf(record).name) {
    throw new UserError('the coordinator cannot be removed', {
      code: 'cluster',
      hint: 'Promote a standby of it first.',
    });
  }
  await unregister(project, node, signal);
  const smaller = { ...record, nodes: record.nodes.filter((each) => each.name !== node) };
  if (found.follows) await tellOfStandbys({ ...project, record: smaller }, found.follows.of, signal);
  await removeServer(project, node, signal);
  await dropSlot(project, found, signal);
  await writeRecord(home, dir, smaller);
}

/** Its container and its data. */
export async function removeServer({ name }: Project, node: string, signal: AbortSignal): Promise<void> {
  await docker(['rm', '-f', '-v', containerOf(name, node)], { signal });
  await docker(['volume', 'rm', '-f', volumeOf(name, node)], { signal });
}

/** Only a node that the metadata knows by this name. */
async function unregister(project: Project, node: string, signal: AbortSignal): Promise<void> {
  await onCoordinator(project, signal, (client) =>
    client.query(
      `SELECT citus_remove_node(nodename, nodeport)
         FROM pg_dist_node
        WHERE nodename = $1 AND nodeport = $2`,
      [node, shownPort],
    ),
  ).catch((cause: Error) => {
    signal.throwIfAborted();
    throw new UserError(`${node} cannot be removed: ${cause.message}`, {
      code: 'cluster',
      hint: 'Move its shards away first: "SELECT citus_drain_node(nodename, nodeport) FROM pg_dist_node …".',
      cause,
    });
  });
}
