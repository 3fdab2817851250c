// What is recorded of the nodes of a cluster that is ours, whatever its servers run in.
import { UserError } from '../../errors.ts';
import type { NodeRole, NodeStatus, StandbyOptions } from '../port.ts';

/** How a standby follows another node. */
export type Following = Omit<StandbyOptions, 'name'>;

export interface NodeRecord {
  readonly name: string;
  readonly role: NodeRole;
  /** Whose data it has: its own, unless it was made as a standby. */
  readonly data?: string;
  /** Set for a standby. */
  readonly follows?: Following;
  /** The standby that was promoted in its place: the server of this node is not started beside it. */
  readonly replacedBy?: string;
}

/** Part of the record of a cluster. */
export interface NodesRecord<N extends NodeRecord> {
  /** The coordinator first. */
  readonly nodes: readonly N[];
}

/** The coordinator first, then `worker-1` and so on. */
export function baseNames(workers: number): readonly string[] {
  return ['coordinator', ...Array.from({ length: workers }, (_, i) => `worker-${i + 1}`)];
}

/** The role in which a lesson starts with the node. */
export const baseRole = (name: string): NodeRole => (name === 'coordinator' ? 'coordinator' : 'worker');

/** The node that does the work of the coordinator now. */
export function coordinatorOf<N extends NodeRecord>({ nodes }: NodesRecord<N>): N {
  return (
    nodes.find(({ role, replacedBy }) => role === 'coordinator' && replacedBy === undefined) ?? nodes[0]!
  );
}

/** @throws UserError with the known names. */
export function findNode<N extends NodeRecord>(cluster: string, { nodes }: NodesRecord<N>, node: string): N {
  const found = nodes.find(({ name }) => name === node);
  if (found) return found;
  const known = nodes.map(({ name }) => name).join(', ');
  throw new UserError(`unknown node "${node}" in the cluster "${cluster}"; known: ${known}`, {
    code: 'cluster',
  });
}

/** The nodes after a standby has taken the place of the node that it follows. */
export function promoted<N extends NodeRecord>(nodes: readonly N[], standby: string): readonly N[] {
  const { follows } = nodes.find(({ name }) => name === standby)!;
  const followed = nodes.find(({ name }) => name === follows?.of);
  return nodes.map((node) => {
    if (node.name === followed?.name) return { ...node, replacedBy: standby };
    if (node.name !== standby) return node;
    const { follows: _, ...rest } = node;
    return { ...rest, role: followed?.role ?? 'worker' } as N;
  });
}

/** What is shown of a record. */
export function statusBase({
  name,
  role,
  follows,
  replacedBy,
}: NodeRecord): Omit<NodeStatus, 'state' | 'address'> {
  return { name, role, ...(follows && { follows: follows.of }), ...(replacedBy && { replacedBy }) };
}
