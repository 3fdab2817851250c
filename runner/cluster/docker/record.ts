// `docker/NAME/cluster.json`: what Docker cannot be asked. Which containers run, and on which ports, it can.
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { readIfThere, writePrivate } from '../state/files.ts';
import { type Home, makeFolder } from '../state/home.ts';
import type { NodeRole, StandbyOptions } from '../types.ts';

/** How a standby follows another node. */
export type Following = Omit<StandbyOptions, 'name'>;

export interface NodeRecord {
  /** Of the node, of its service, of its volume, and of its host on the cluster's network. */
  readonly name: string;
  readonly role: NodeRole;
  /** Whose data it has: its own, unless it was made as a standby. */
  readonly data?: string;
  /** Set for a standby. */
  readonly follows?: Following;
  /** The standby that was promoted in its place: the server of this node is not started beside it. */
  readonly replacedBy?: string;
}

export interface ClusterRecord {
  readonly createdAt: string;
  readonly image: string;
  readonly password: string;
  /** How many workers every lesson starts with; further nodes were added by a learner. */
  readonly workers: number;
  /** The coordinator first. */
  readonly nodes: readonly NodeRecord[];
  /** Set when all servers have run and know each other. */
  readonly isWhole: boolean;
}

export const dockerDir = ({ dir }: Pick<Home, 'dir'>): string => join(dir, 'docker');

export function clusterDir(home: Pick<Home, 'dir'>, name: string): string {
  if (!/^[a-z0-9][a-z0-9_-]{0,29}$/.test(name)) {
    throw new UserError(`"${name}" is no name for a cluster`, {
      code: 'usage',
      hint: 'Use up to 30 small letters, digits, - and _, a letter or digit first.',
    });
  }
  return join(dockerDir(home), name);
}

/** The coordinator first, then `worker-1` and so on. */
export function baseNodes(workers: number): readonly NodeRecord[] {
  const coordinator = { name: 'coordinator', role: 'coordinator' } as const;
  const names = Array.from({ length: workers }, (_, i) => `worker-${i + 1}`);
  return [coordinator, ...names.map((name) => ({ name, role: 'worker' }) as const)];
}

/** The node that does the work of the coordinator now. */
export function coordinatorOf({ nodes }: Pick<ClusterRecord, 'nodes'>): NodeRecord {
  return (
    nodes.find(({ role, replacedBy }) => role === 'coordinator' && replacedBy === undefined) ?? nodes[0]!
  );
}

const recordFile = (dir: string) => join(dir, 'cluster.json');
export const restFile = (dir: string): string => join(dir, 'rest.json');

/** The record of a cluster, whole or not; undefined where there is none that can be read. */
export async function readRecord(dir: string): Promise<ClusterRecord | undefined> {
  const text = await readIfThere(recordFile(dir));
  try {
    const record: ClusterRecord | undefined = text && JSON.parse(text);
    return record?.password && record.image && record.nodes.length > 0 ? record : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Before any container is made: without the password nobody gets at the data. */
export async function writeRecord(home: Home, dir: string, record: ClusterRecord): Promise<void> {
  await makeFolder(dir, home.owner);
  await writePrivate(recordFile(dir), `${JSON.stringify(record, null, 2)}\n`, home.owner);
}

/** @throws UserError where there is no cluster of that name, or only half of one. */
export async function existingRecord(home: Home, name: string): Promise<ClusterRecord> {
  const record = await readRecord(clusterDir(home, name));
  if (record?.isWhole) return record;
  throw unknownCluster(name);
}

export function unknownCluster(name: string): UserError {
  return new UserError(`there is no cluster "${name}" in Docker`, {
    code: 'cluster',
    hint: `Run "lesson up --cluster docker"; "lesson status" lists the clusters that there are.`,
  });
}

/** @throws UserError with the known names. */
export function findNode(cluster: string, { nodes }: ClusterRecord, node: string): NodeRecord {
  const found = nodes.find(({ name }) => name === node);
  if (found) return found;
  const known = nodes.map(({ name }) => name).join(', ');
  throw new UserError(`unknown node "${node}" in the cluster "${cluster}"; known: ${known}`, {
    code: 'cluster',
  });
}
