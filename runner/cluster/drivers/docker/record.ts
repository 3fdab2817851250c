// `docker/NAME/cluster.json`: what Docker cannot be asked. Which containers run, and on which ports, it can.
import { join } from 'node:path';
import { UserError } from '../../../errors.ts';
import { readIfThere, writePrivate } from '../../../system/files.ts';
import { makeFolder, type StateFolder } from '../../../system/state-folder.ts';
import { checkClusterName } from '../../orchestration/names.ts';
import { baseNames, baseRole, type NodeRecord } from '../../orchestration/node-record.ts';

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

export const dockerDir = ({ dir }: Pick<StateFolder, 'dir'>): string => join(dir, 'docker');

export function clusterDir(home: Pick<StateFolder, 'dir'>, name: string): string {
  checkClusterName(name);
  return join(dockerDir(home), name);
}

/** The nodes with which every lesson starts. */
export function baseNodes(workers: number): readonly NodeRecord[] {
  return baseNames(workers).map((name) => ({ name, role: baseRole(name) }));
}

const recordFile = (dir: string) => join(dir, 'cluster.json');
export const untouchedFile = (dir: string): string => join(dir, 'untouched.json');

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
export async function writeRecord(home: StateFolder, dir: string, record: ClusterRecord): Promise<void> {
  await makeFolder(dir, home.owner);
  await writePrivate(recordFile(dir), `${JSON.stringify(record, null, 2)}\n`, home.owner);
}

/** @throws UserError where there is no cluster of that name, or only half of one. */
export async function existingRecord(home: StateFolder, name: string): Promise<ClusterRecord> {
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
