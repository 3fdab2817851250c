// `lesson up --cluster docker`: finds the cluster, heals it, or makes it.
import { randomBytes } from 'node:crypto';
import { UserError } from '../../../errors.ts';
import { findHolder, lockedBy, withLock } from '../../../system/lock.ts';
import { openStateFolder, type StateFolder } from '../../../system/state-folder.ts';
import type { UpCluster, UpOptions } from '../../provider.ts';
import { noteNewCluster } from '../../reset/reset.ts';
import { untilAnswers } from './answers.ts';
import { lockOf, nodeStatuses, openCluster } from './cluster.ts';
import { listContainers } from './containers.ts';
import { discard, findTraces } from './discard.ts';
import { heal } from './heal.ts';
import { getImage, wantedImage } from './image.ts';
import type { Project } from './project.ts';
import { baseNodes, type ClusterRecord, clusterDir, readRecord, writeRecord } from './record.ts';
import { createEngine, registerNodes } from './registration.ts';
import { resettable } from './reset.ts';
import { startNodes } from './start.ts';

export interface DockerUpOptions extends UpOptions {
  readonly stateDir?: string;
}

export async function upDocker(options: DockerUpOptions): Promise<UpCluster> {
  const { name, workers, signal } = options;
  const home = await openStateFolder(options.stateDir);
  const record = await readRecord(clusterDir(home, name));
  if (record?.isWhole && record.workers >= (workers ?? 0) && (await isUp(name, record, signal))) {
    await untilAnswers(projectAt(home, name, record), startable(record), signal);
    return { ...openCluster(home, name), fresh: false };
  }
  const limits = { signal, timeoutMs: 300_000 };
  const fresh = await withLock(home, lockOf('up', name), 'lesson up', limits, () => bringUp(home, options));
  return { ...openCluster(home, name), fresh };
}

async function isUp(name: string, record: ClusterRecord, signal: AbortSignal): Promise<boolean> {
  const nodes = nodeStatuses(record, await listContainers(name, signal));
  return nodes.every(({ state, replacedBy }) => replacedBy !== undefined || state === 'up');
}

export const startable = ({ nodes }: ClusterRecord): readonly string[] =>
  nodes.filter(({ replacedBy }) => replacedBy === undefined).map(({ name }) => name);

const projectAt = (home: StateFolder, name: string, record: ClusterRecord): Project => ({
  home,
  name,
  dir: clusterDir(home, name),
  record,
});

/** With the lock held. Returns whether the cluster is new. */
async function bringUp(home: StateFolder, options: DockerUpOptions): Promise<boolean> {
  const { name, workers, report, signal } = options;
  const dir = clusterDir(home, name);
  const record = await readRecord(dir);
  const fault = record && (await findFault(name, record, signal));
  if (record && !fault) {
    if (process.env.LESSON_CITUS_IMAGE && record.image !== wantedImage()) {
      report(
        `The cluster "${name}" keeps its image, ${record.image}. "lesson down --purge" before makes a new one.`,
      );
    }
    await heal(projectAt(home, name, record), { workers: workers ?? 0, report, signal });
    return false;
  }
  if (fault) {
    const holder = await findHolder(home, lockOf('run', name));
    if (holder) throw lockedBy(holder);
    report(`The cluster "${name}" ${fault}. It is thrown away and made afresh.`);
    await discard(home, name, signal);
  } else if ((await findTraces(name, signal)).length > 0) {
    throw new UserError(`Docker has a cluster "${name}" whose password is not known here`, {
      code: 'cluster',
      hint: `Remove it with "lesson down --purge --cluster docker --name ${name}", or take another --name.`,
    });
  }
  await create(home, options, workers ?? record?.workers ?? 2);
  return true;
}

/** Why what is there cannot be used; undefined where it can. */
async function findFault(
  name: string,
  { isWhole }: ClusterRecord,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!isWhole) return 'was left half-made';
  const containers = await listContainers(name, signal);
  // With fsync off the data cannot be trusted then.
  if (containers.some(({ crashed }) => crashed)) {
    return 'was running when the machine or Docker went down, which may have damaged its data';
  }
  return undefined;
}

async function create(
  home: StateFolder,
  { name, report, signal }: DockerUpOptions,
  workers: number,
): Promise<void> {
  const record: ClusterRecord = {
    createdAt: new Date().toISOString(),
    image: wantedImage(),
    password: randomBytes(24).toString('base64url'),
    workers,
    nodes: baseNodes(workers),
    isWhole: false,
  };
  const project = projectAt(home, name, record);
  await getImage(record.image, report, signal);
  report(
    `Creating the cluster "${name}" in Docker: a coordinator and ${workers} worker${workers === 1 ? '' : 's'}.`,
  );
  await writeRecord(home, project.dir, record);
  await startNodes(project, startable(record), signal);
  await createEngine(project, signal);
  await registerNodes(project, signal);
  await noteNewCluster(await resettable(project, signal), signal);
  await writeRecord(home, project.dir, { ...record, isWhole: true });
}
