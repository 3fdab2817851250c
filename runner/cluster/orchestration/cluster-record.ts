// `cluster.json`, what is known of a cluster between two commands: what its machines cannot be asked.
import { join } from 'node:path';
import { jsonFile } from '../../system/json-file.ts';
import { makeFolder, type StateFolder } from '../../system/state-folder.ts';
import type { NodeRecord } from './node-record.ts';

export interface ClusterRecord {
  /** What it was made of, in the words of its driver. */
  readonly blueprint: unknown;
  /** Random, to tell this cluster's processes from those of one that had its name before. */
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly password: string;
  /** How many workers every lesson starts with; a learner has added further nodes. */
  readonly workers: number;
  /** The coordinator first. */
  readonly nodes: readonly NodeRecord[];
  /** The addresses of the nodes that the servers last got. */
  readonly layout: string;
  /** Set when all servers have run and know each other. */
  readonly isWhole: boolean;
}

interface ClusterFolder {
  readonly dir: string;
  readonly state: StateFolder;
}

/** The record of a cluster, whole or not; undefined where there is none, or only a damaged one. */
export const readRecord = (cluster: ClusterFolder): Promise<ClusterRecord | undefined> =>
  recordFile(cluster).read();

/** Before any machine is made: without the password nobody gets at the data. */
export async function writeRecord(cluster: ClusterFolder, record: ClusterRecord): Promise<void> {
  await makeFolder(cluster.dir, cluster.state.owner);
  await recordFile(cluster).write(record);
}

const recordFile = ({ dir, state: { owner } }: ClusterFolder) =>
  jsonFile(join(dir, 'cluster.json'), { isValid: isRecord, owner, copy: join(dir, 'cluster-copy.json') });

function isRecord(value: unknown): value is ClusterRecord {
  const record = value as Partial<ClusterRecord> | null | undefined;
  return (
    typeof record === 'object' &&
    record !== null &&
    typeof record.password === 'string' &&
    typeof record.id === 'string' &&
    typeof record.workers === 'number' &&
    record.blueprint !== undefined &&
    Array.isArray(record.nodes) &&
    record.nodes.every((node) => typeof node?.name === 'string' && typeof node.role === 'string') &&
    record.nodes.length > 0
  );
}
