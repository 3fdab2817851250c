// `lesson up`: finds the cluster, heals it, or makes it.
import { stat } from 'node:fs/promises';
import { findHolder, lockedBy, withLock } from '../../../system/lock.ts';
import { openStateFolder, type StateFolder } from '../../../system/state-folder.ts';
import type { UpCluster, UpOptions } from '../../provider.ts';
import { checkAnswers } from './answers.ts';
import { existingRecord, nodeStatuses, openCluster } from './cluster.ts';
import { createCluster } from './create.ts';
import { discard } from './discard.ts';
import { heal } from './heal.ts';
import { serverState } from './postmaster.ts';
import {
  type ClusterRecord,
  clusterDir,
  currentMaker,
  dataDir,
  type Maker,
  makerKey,
  readRecord,
} from './record.ts';

export interface LocalUpOptions extends UpOptions {
  readonly stateDir?: string;
  /** The folder of another PostgreSQL than the npm package's; that of the cluster, if it has one, unless given. */
  readonly pgBin?: string | undefined;
}

export async function upLocal(options: LocalUpOptions): Promise<UpCluster> {
  const { name, workers, signal } = options;
  const home = await openStateFolder(options.stateDir);
  const known = await readRecord(clusterDir(home, name));
  const maker = await currentMaker(options.pgBin ?? known?.maker.installation?.bin);
  const isThere = () => isUp(home, name, maker, workers);
  const limits = { signal, timeoutMs: 120_000 };
  const bring = () => withLock(home, `up.${name}`, 'lesson up', limits, () => bringUp(home, maker, options));
  const answers = async () => checkAnswers(await existingRecord(home, name), signal);
  let fresh = !(await isThere()) && (await bring());
  if (!fresh) {
    await answers().catch(async (error) => {
      if (await isThere()) throw error;
      fresh = await bring(); // it went down just now
    });
  }
  return { ...openCluster(home, name), fresh };
}

/** Without asking a server or starting a process: what a second command in a row pays for. */
async function isUp(home: StateFolder, name: string, maker: Maker, workers = 0): Promise<boolean> {
  const dir = clusterDir(home, name);
  const record = await readRecord(dir);
  if (!record || makerKey(record.maker) !== makerKey(maker) || record.workers < workers) return false;
  const nodes = await nodeStatuses(dir, record);
  return nodes.every(
    ({ state, address, replacedBy }, i) =>
      replacedBy !== undefined || (state === 'up' && address.port === record.nodes[i]?.port),
  );
}

/** With the lock held. Returns whether the cluster is new. */
async function bringUp(
  home: StateFolder,
  maker: Maker,
  { name, workers, report, signal }: LocalUpOptions,
): Promise<boolean> {
  if (await isUp(home, name, maker, workers)) return false;
  const dir = clusterDir(home, name);
  const record = await readRecord(dir);
  const fault = await findFault(dir, record, maker);
  if (record && !fault) {
    await heal(home, { name, record, workers: workers ?? 0 }, report, signal);
    return false;
  }
  if (fault) {
    const holder = await findHolder(home, `run.${name}`);
    if (holder) throw lockedBy(holder);
    report(`The cluster "${name}" ${fault}. It is thrown away and made afresh.`);
    await discard(home, dir, signal);
  }
  const count = workers ?? record?.workers ?? 2;
  report(`Creating the cluster "${name}": a coordinator and ${count} worker${count === 1 ? '' : 's'}.`);
  await createCluster(home, { name, workers: count, maker }, signal);
  return true;
}

/** Why what is there cannot be used; undefined where it can, or nothing is there. */
async function findFault(
  dir: string,
  record: ClusterRecord | undefined,
  maker: Maker,
): Promise<string | undefined> {
  if (!record) return (await exists(dir)) ? 'was left half-made' : undefined;
  if (makerKey(record.maker) !== makerKey(maker)) {
    return `was made by another version (${describe(record.maker)}; this is ${describe(maker)})`;
  }
  for (const { name } of record.nodes) {
    if (!(await exists(dataDir(dir, name)))) return `has lost the data of ${name}`;
    const { state } = await serverState(dataDir(dir, name));
    if (state === 'rebooted')
      return 'was running when the machine went down, which may have damaged its data';
  }
  return undefined;
}

function describe({ package: version, postgres, engine, installation }: Maker): string {
  const name = installation?.citus ? `Citus ${engine}` : `engine ${String(engine).slice(0, 8)}`;
  const from = installation ? ` in "${installation.bin}"` : '';
  return `pg-lessons ${version}, PostgreSQL ${postgres}${from}, ${name}`;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
