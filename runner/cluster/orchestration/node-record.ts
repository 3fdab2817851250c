// What is recorded of the nodes of a cluster that is ours, whatever its servers run in.
import { UserError } from '../../errors.ts';
import { isFirst, type NodeRole, type StandbyOptions } from '../port.ts';

/** How a standby replicates from the node that it follows. */
export type Replication = Omit<StandbyOptions, 'name'>;

export interface NodeRecord {
  readonly name: string;
  readonly role: NodeRole;
  /** Whose data it has: its own, unless it was made as a standby. */
  readonly data?: string;
  /** Set for a standby. */
  readonly follows?: Replication;
  /** The standby that was promoted in its place: the server of this node is not started beside it. */
  readonly replacedBy?: string;
}

/** The coordinator first, then `worker-1` and so on. A cluster without workers is one PostgreSQL server. */
export function initialNodeNames(workers: number): readonly string[] {
  if (workers === 0) return [onlyNode];
  return ['coordinator', ...Array.from({ length: workers }, (_, i) => `worker-${i + 1}`)];
}

/** The nodes with which every lesson starts. */
export function initialNodes(workers: number): readonly NodeRecord[] {
  return initialNodeNames(workers).map((name) => ({ name, role: initialRole(name) }));
}

const onlyNode = 'postgres';

export function initialRole(name: string): NodeRole {
  if (name === onlyNode) return 'primary';
  return name === 'coordinator' ? 'coordinator' : 'worker';
}

/** Whether a reset of its databases makes it what it was: it was not copied from another node, and follows none. */
export const hasOwnData = ({ name, role, data = name, follows }: NodeRecord): boolean =>
  role !== 'standby' && data === name && follows === undefined;

/** The node that does the work of the coordinator now. */
export function coordinatorOf(nodes: readonly NodeRecord[]): NodeRecord {
  return nodes.find((node) => isFirst(node) && node.replacedBy === undefined) ?? nodes[0]!;
}

/** Those whose servers should run: beside a standby that was promoted, its old primary would accept writes, too. */
export const startable = (nodes: readonly NodeRecord[]): readonly string[] =>
  nodes.filter(({ replacedBy }) => replacedBy === undefined).map(({ name }) => name);

/** @throws UserError with the known names. */
export function findNode(cluster: string, nodes: readonly NodeRecord[], node: string): NodeRecord {
  const found = nodes.find(({ name }) => name === node);
  if (found) return found;
  const known = nodes.map(({ name }) => name).join(', ');
  throw new UserError(`unknown node "${node}" in the cluster "${cluster}"; known: ${known}`, {
    code: 'cluster',
  });
}

/** The nodes after a standby has taken the place of the node that it follows. */
export function promoted(nodes: readonly NodeRecord[], standby: string): readonly NodeRecord[] {
  const { follows } = nodes.find(({ name }) => name === standby)!;
  const followed = nodes.find(({ name }) => name === follows?.of);
  return nodes.map((node) => {
    if (node.name === followed?.name) return { ...node, replacedBy: standby };
    if (node.name !== standby) return node;
    const { follows: _, ...primary } = node;
    return { ...primary, role: followed?.role ?? 'worker' };
  });
}

/** The nodes without one; nobody was replaced by it any more. */
export function without(nodes: readonly NodeRecord[], name: string): readonly NodeRecord[] {
  return nodes
    .filter((node) => node.name !== name)
    .map(({ replacedBy, ...node }) =>
      replacedBy === undefined || replacedBy === name ? node : { ...node, replacedBy },
    );
}
