// `cluster.json`, what is known of a cluster between two commands. It is written last, so a folder without it is half-made.
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { engineFingerprint } from '../../../engine/install.ts';
import { packageJsonFile } from '../../../paths.ts';
import { readIfThere, writePrivate } from '../../../system/files.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import { checkClusterName } from '../../orchestration/names.ts';
import type { NodeRecord as CommonRecord } from '../../orchestration/node-record.ts';
import { binariesVersion } from './binaries.ts';
import { type Installation, readInstallation } from './installation.ts';

/** What made a cluster; another maker's is replaced. */
export interface Maker {
  readonly package: string;
  readonly postgres: string;
  readonly engine: string;
  /** Set where PostgreSQL is not the npm package's. */
  readonly installation?: Installation;
}

export interface NodeRecord extends CommonRecord {
  /** Where it listens, or did when it was last up. */
  readonly port: number;
}

export interface ClusterRecord {
  readonly maker: Maker;
  /** Random, to tell this cluster's processes from those of one that had its name before. */
  readonly id: string;
  readonly createdAt: string;
  readonly password: string;
  /** How many workers every lesson starts with; further nodes were added by a learner. */
  readonly workers: number;
  /** The coordinator first. */
  readonly nodes: readonly NodeRecord[];
}

/** @param pgBin The folder of another PostgreSQL than the npm package's. @throws UserError where that cannot be used. */
export async function currentMaker(pgBin?: string): Promise<Maker> {
  const { version } = JSON.parse(await readFile(packageJsonFile, 'utf8'));
  const installation = pgBin === undefined ? undefined : await readInstallation(pgBin);
  return {
    package: version,
    postgres: installation?.version ?? (await binariesVersion()),
    engine: installation?.citus ?? (await engineFingerprint()),
    ...(installation && { installation }),
  };
}

/** A short name for all that a maker is. */
export function makerKey(maker: Maker): string {
  return createHash('sha256').update(JSON.stringify(maker)).digest('hex').slice(0, 16);
}

export function clusterDir({ dir }: Pick<StateFolder, 'dir'>, name: string): string {
  checkClusterName(name);
  return join(dir, 'clusters', name);
}

export const nodeDir = (cluster: string, node: string): string => join(cluster, node);
export const dataDir = (cluster: string, node: string): string => join(cluster, node, 'data');
/** The data of a standby while it is copied. */
export const halfDir = (cluster: string, node: string): string => join(cluster, node, 'data.half');
export const logFile = (cluster: string, node: string): string => join(cluster, node, 'server.log');

const recordFile = (dir: string) => join(dir, 'cluster.json');

/** The record of a cluster; undefined where there is none that can be read. */
export async function readRecord(dir: string): Promise<ClusterRecord | undefined> {
  try {
    const text = await readIfThere(recordFile(dir));
    const record: ClusterRecord | undefined = text && JSON.parse(text);
    return record?.maker && record.password && record.workers && record.nodes.length > 0 ? record : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

export async function writeRecord(dir: string, record: ClusterRecord, { owner }: StateFolder): Promise<void> {
  await writePrivate(recordFile(dir), `${JSON.stringify(record, null, 2)}\n`, owner);
}

/** From here on the folder counts as half-made. */
export async function removeRecord(dir: string): Promise<void> {
  await rm(recordFile(dir), { force: true });
}
