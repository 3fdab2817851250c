// `lesson up`: finds the cluster, heals it, or makes it.

import { UserError } from '../../errors.ts';
import { plural } from '../../lesson/plural.ts';
import { exists } from '../../system/files.ts';
import { findHolder, lockedBy, withLock } from '../../system/lock.ts';
import { ServerFailure } from '../drivers/driver.ts';
import type { UpOptions } from '../provider.ts';
import { type ClusterRecord, clusterDir, readRecord } from './cluster-record.ts';
import { createCluster } from './create.ts';
import { removeCluster } from './down.ts';
import { explainFailure } from './failures.ts';
import { heal } from './heal.ts';
import type { DatabaseState } from './node-commands.ts';
import { startable } from './node-record.ts';
import { createExtensions, layoutOf, registerWorkers, workersOf } from './registration.ts';
import { repairing } from './repair.ts';
import { resetCluster } from './reset.ts';
import { existingSite, type Ground, lockOf, openSite, unrecordedMachines } from './site.ts';
import { untilReady } from './start.ts';

const waitMs = 300_000;
const defaultWorkers = 2;

/** Returns whether the cluster is new. */
export async function upCluster(ground: Ground, asked: UpOptions): Promise<boolean> {
  const options = ground.driver.hasWorkers ? asked : withoutWorkers(asked);
  const { name, signal } = options;
  const dir = clusterDir(ground.state, ground.driver, name);
  const known = await readRecord(dir);
  const wanted = await ground.driver.blueprint(known?.blueprint);
  const limits = { signal, timeoutMs: waitMs };
  let isMade = false;
  const isReplaced = await repairing(ground, name, signal, async () => {
    if (!(await isThere(ground, wanted, options))) {
      isMade = await withLock(ground.state, lockOf(ground.driver, 'up', name), 'lesson up', limits, () =>
        bringUp(ground, wanted, options),
      );
    }
    isMade ||= await restoreDatabases(ground, name, signal);
  });
  return isMade || isReplaced;
}

function withoutWorkers(asked: UpOptions): UpOptions {
  if (asked.workers) asked.report('A cluster of kind postgres is one server: it has no workers.');
  return { ...asked, workers: 0 };
}

/** Without asking a server or starting a process: what a second command in a row pays for. */
async function isThere(
  ground: Ground,
  wanted: unknown,
  { name, workers = 0, signal }: UpOptions,
): Promise<boolean> {
  const record = await readRecord(clusterDir(ground.state, ground.driver, name));
  if (!record?.isWhole || record.workers < workers) return false;
  if (ground.driver.outdated(record.blueprint, wanted) !== undefined) return false;
  const site = openSite(ground, name, record);
  await site.machines.restoreFiles?.();
  const machines = await site.machines.list(signal);
  const isRunning = (node: string) =>
    machines.some((machine) => machine.node === node && machine.state === 'up');
  return startable(record.nodes).every(isRunning) && record.layout === (await layoutOf(site));
}

/** With the lock held. Returns whether the cluster is new. */
async function bringUp(ground: Ground, wanted: unknown, options: UpOptions): Promise<boolean> {
  const { name, workers, report, confirm, signal } = options;
  const { driver, state } = ground;
  if (await isThere(ground, wanted, options)) return false;
  const record = await readRecord(clusterDir(state, driver, name));
  const outdated = record?.isWhole ? driver.outdated(record.blueprint, wanted) : undefined;
  const fault = outdated ?? (await findFault(ground, name, record, signal));
  if (record && fault === undefined) {
    await heal(await existingSite(ground, name, signal), workers ?? 0, signal);
    return false;
  }
  if (fault !== undefined) {
    const holder = await findHolder(state, lockOf(driver, 'run', name));
    if (holder) throw lockedBy(holder);
    if (
      outdated !== undefined &&
      confirm &&
      !(await confirm(`The cluster "${name}" ${fault}. Replace it with a new one? Its tables are lost.`))
    ) {
      throw keptAsItIs(name);
    }
    report(`The cluster "${name}" ${fault}. Replacing it with a new one.`);
    await removeCluster(ground, name, signal);
  }
  const count = workers ?? record?.workers ?? defaultWorkers;
  const servers = count === 0 ? 'one PostgreSQL server' : `a coordinator and ${plural(count, 'worker')}`;
  report(`Creating the cluster "${name}": ${servers}.`);
  try {
    await createCluster(ground, name, { blueprint: wanted, workers: count }, signal);
    return true;
  } catch (error) {
    await removeCluster(ground, name, AbortSignal.timeout(60_000));
    signal.throwIfAborted();
    if (error instanceof ServerFailure) throw notRepairable(error);
    const site = { driver, name, dir: clusterDir(state, driver, name) };
    throw await explainFailure(
      error,
      site,
      `the cluster "${name}" could not be created`,
      'Run "lesson doctor".',
    );
  }
}

const keptAsItIs = (name: string) =>
  new UserError(`the cluster "${name}" was left as it is`, {
    code: 'cluster',
    hint: 'This version needs one of its own: give it another name with --name.',
  });

/** Nothing is left of a new cluster that failed. */
function notRepairable(error: ServerFailure): UserError {
  const hint = error.why === 'starved' ? error.hint! : 'Run "lesson doctor".';
  return new UserError(error.message, { code: 'cluster', hint, cause: error });
}

/** Why what is there cannot be used; undefined where it can, or nothing is there. */
async function findFault(
  ground: Ground,
  name: string,
  record: ClusterRecord | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const machines = await unrecordedMachines(ground, name).list(signal);
  if (!record) {
    if (await exists(clusterDir(ground.state, ground.driver, name))) return 'was not created completely';
    if (machines.length === 0) return undefined;
    throw new UserError(`a cluster "${name}" already exists, but its password is not known here`, {
      code: 'cluster',
      hint: `Remove it with "lesson down --purge --cluster ${ground.driver.kind} --name ${name}", or use another --name.`,
    });
  }
  if (!record.isWhole) return 'was not created completely';
  for (const { name: node } of record.nodes) {
    const machine = machines.find((each) => each.node === node);
    if (machine === undefined || machine.state === 'empty') return `has lost the data of ${node}`;
    // The servers do not wait for the disk.
    if (machine.state === 'crashed') {
      return 'may have been corrupted when the machine crashed';
    }
  }
  return undefined;
}

/** Every server lets us in, and has the extension. Returns whether the cluster was reset for that. */
async function restoreDatabases(ground: Ground, name: string, signal: AbortSignal): Promise<boolean> {
  const site = await existingSite(ground, name, signal);
  const running = startable(site.record.nodes);
  const found = await Promise.all(running.map((node) => untilReady(site, node, signal)));
  const nodesWith = (state: DatabaseState) => running.filter((_, i) => found[i] === state);
  const without = nodesWith('no database');
  if (without.length > 0) {
    site.report(`The database "postgres" was missing on ${without.join(', ')}. Resetting the cluster.`);
    await resetCluster(ground, name, { signal });
    return true;
  }
  const bare = nodesWith('no extension');
  if (bare.length === 0) return false;
  site.report(`The extension "citus" was missing on ${bare.join(', ')}. It was created again.`);
  await createExtensions(site, signal);
  await registerWorkers(site, workersOf(site.record.nodes), signal);
  return false;
}
