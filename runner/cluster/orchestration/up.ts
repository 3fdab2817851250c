// `lesson up`: finds the cluster, heals it, or makes it.

import { UserError } from '../../errors.ts';
import { plural } from '../../lesson/plural.ts';
import { exists } from '../../system/files.ts';
import { ServerFailure } from '../drivers/driver.ts';
import type { UpOptions } from '../provider.ts';
import { type ClusterRecord, readRecord } from './cluster-record.ts';
import { createCluster } from './create.ts';
import { removeCluster } from './down.ts';
import { explainFailure } from './failures.ts';
import { heal } from './heal.ts';
import { exclusively, refuseWhileRunning } from './locks.ts';
import type { DatabaseState } from './node-commands.ts';
import { startable } from './node-record.ts';
import { layoutOf, registerAll } from './registration.ts';
import { repairing } from './repair.ts';
import { resetCluster } from './reset.ts';
import {
  existingSite,
  type Ground,
  nodesUp,
  openSite,
  type Plot,
  plotOf,
  unrecordedMachines,
} from './site.ts';
import { untilReady } from './start.ts';

const defaultWorkers = 2;

/** Returns whether the cluster is new. */
export async function upCluster(ground: Ground, asked: UpOptions): Promise<boolean> {
  const { name, signal } = asked;
  const plot = plotOf(ground, name);
  const options = plot.driver.hasWorkers ? asked : withoutWorkers(plot, asked);
  const wanted = await plot.driver.blueprint((await readRecord(plot))?.blueprint);
  let isMade = false;
  const isReplaced = await repairing(plot, signal, async () => {
    if (!(await isThere(plot, wanted, options))) {
      isMade = await exclusively(plot, 'lesson up', signal, () => bringUp(plot, wanted, options));
    }
    isMade ||= await restoreDatabases(plot, signal);
  });
  return isMade || isReplaced;
}

function withoutWorkers({ report }: Plot, asked: UpOptions): UpOptions {
  if (asked.workers) report('A cluster of kind postgres is one server: it has no workers.');
  return { ...asked, workers: 0 };
}

/** Without asking a server or starting a process: what a second command in a row pays for. */
async function isThere(plot: Plot, wanted: unknown, { workers = 0, signal }: UpOptions): Promise<boolean> {
  const record = await readRecord(plot);
  if (!record?.isWhole || record.workers < workers) return false;
  if (plot.driver.outdated(record.blueprint, wanted) !== undefined) return false;
  const site = openSite(plot, record);
  await site.machines.restoreFiles?.();
  const up = await nodesUp(site, signal);
  return (
    startable(record.nodes).every((node) => up.includes(node)) && record.layout === (await layoutOf(site))
  );
}

/** With the lock held. Returns whether the cluster is new. */
async function bringUp(plot: Plot, wanted: unknown, options: UpOptions): Promise<boolean> {
  const { workers, confirm, signal } = options;
  const { driver, name, report } = plot;
  if (await isThere(plot, wanted, options)) return false;
  const record = await readRecord(plot);
  const outdated = record?.isWhole ? driver.outdated(record.blueprint, wanted) : undefined;
  const fault = outdated ?? (await findFault(plot, record, signal));
  if (record && fault === undefined) {
    await heal(await existingSite(plot, signal), workers ?? 0, signal);
    return false;
  }
  if (fault !== undefined) {
    await refuseWhileRunning(plot, 'all');
    if (
      outdated !== undefined &&
      confirm &&
      !(await confirm(`The cluster "${name}" ${fault}. Replace it with a new one? Its tables are lost.`))
    ) {
      throw keptAsItIs(name);
    }
    report(`The cluster "${name}" ${fault}. Replacing it with a new one.`);
    await removeCluster(plot, signal);
  }
  const count = workers ?? record?.workers ?? defaultWorkers;
  const servers = count === 0 ? 'one PostgreSQL server' : `a coordinator and ${plural(count, 'worker')}`;
  report(`Creating the cluster "${name}": ${servers}.`);
  try {
    await createCluster(plot, { blueprint: wanted, workers: count }, signal);
    return true;
  } catch (error) {
    await removeCluster(plot, AbortSignal.timeout(60_000));
    signal.throwIfAborted();
    if (error instanceof ServerFailure) throw notRepairable(error);
    const what = `the cluster "${name}" could not be created`;
    throw await explainFailure(error, plot, what, 'Run "lesson doctor".');
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
  plot: Plot,
  record: ClusterRecord | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { driver, name, dir } = plot;
  const machines = await unrecordedMachines(plot).list(signal);
  if (!record) {
    if (await exists(dir)) return 'was not created completely';
    if (machines.length === 0) return undefined;
    throw new UserError(`a cluster "${name}" already exists, but its password is not known here`, {
      code: 'cluster',
      hint: `Remove it with "lesson down --purge --cluster ${driver.kind} --name ${name}", or use another --name.`,
    });
  }
  if (!record.isWhole) return 'was not created completely';
  for (const { name: node } of record.nodes) {
    const machine = machines.find((each) => each.node === node);
    if (machine === undefined || machine.state === 'empty') return `has lost the data of ${node}`;
    // The servers do not wait for the disk.
    if (machine.state === 'crashed') return 'may have been corrupted when the machine crashed';
  }
  return undefined;
}

/** Every server lets us in, and has the extension. Returns whether the cluster was reset for that. */
async function restoreDatabases(plot: Plot, signal: AbortSignal): Promise<boolean> {
  const site = await existingSite(plot, signal);
  const running = startable(site.record.nodes);
  const found = await Promise.all(running.map((node) => untilReady(site, node, signal)));
  const nodesWith = (state: DatabaseState) => running.filter((_, i) => found[i] === state);
  const without = nodesWith('no database');
  if (without.length > 0) {
    site.report(`The database "postgres" was missing on ${without.join(', ')}. Resetting the cluster.`);
    await resetCluster(plot, { signal });
    return true;
  }
  const bare = nodesWith('no extension');
  if (bare.length === 0) return false;
  site.report(`The extension "citus" was missing on ${bare.join(', ')}. It was created again.`);
  await registerAll(site, signal);
  return false;
}
