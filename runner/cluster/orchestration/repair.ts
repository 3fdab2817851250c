// Repairs a cluster that does not work; if that is not possible, replaces it with a new one. So no state of it is final.
// Where the cause is the computer (a full disk, no Docker), the cluster is left alone.
import { type Machines, ServerFailure } from '../drivers/driver.ts';
import { BeyondReset } from '../reset/beyond-reset.ts';
import { singleUserDatabases, singleUserRepair } from '../reset/single-user.ts';
import { readRecord } from './cluster-record.ts';
import { createCluster } from './create.ts';
import { removeCluster } from './down.ts';
import { diskFull, isDiskFull } from './failures.ts';
import { exclusively, refuseWhileRunning } from './locks.ts';
import { findNode, startable } from './node-record.ts';
import { openSite, type Plot, type Site } from './site.ts';
import { startNodes } from './start.ts';

/**
 * Runs `attempt`; if the servers fail, repairs them and runs it again; if they still fail, runs it on a new cluster.
 * @returns Whether the cluster was replaced.
 */
export async function repairing(
  plot: Plot,
  signal: AbortSignal,
  attempt: () => Promise<unknown>,
): Promise<boolean> {
  const damage = await damageOf(attempt, plot, signal);
  if (damage === undefined) return false;
  await undisturbed(plot, signal, (site) => repairServers(site, damage, signal));
  const remaining = await damageOf(attempt, plot, signal);
  if (remaining === undefined) return false;
  // It was not the settings, and a new cluster would need as much.
  if (remaining instanceof ServerFailure && remaining.why === 'starved') throw remaining;
  await undisturbed(plot, signal, (site) => replaceCluster(site, 'cannot be repaired', remaining, signal));
  await attempt();
  return true;
}

/**
 * Undefined where there was none. @throws What is not the servers' fault, and what a new cluster would meet, too: a server
 * that only takes long may be busy with its own recovery.
 */
async function damageOf(
  attempt: () => Promise<unknown>,
  plot: Plot,
  signal: AbortSignal,
): Promise<Error | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (await isDiskFull(error, plot)) throw diskFull(error, plot);
    if (error instanceof BeyondReset) return error;
    if (error instanceof ServerFailure && error.why !== 'silent') return error;
    throw error;
  }
}

/** While nobody runs a lesson or changes the servers. Not where the cluster has gone meanwhile. */
function undisturbed(plot: Plot, signal: AbortSignal, use: (site: Site) => Promise<void>): Promise<void> {
  return exclusively(plot, 'lesson up', signal, async () => {
    await refuseWhileRunning(plot, 'others');
    const record = await readRecord(plot);
    if (record) await use(openSite(plot, record));
  });
}

/** What ALTER SYSTEM has set is removed; what keeps us out of the databases is undone without logging in. */
async function repairServers(site: Site, damage: Error, signal: AbortSignal): Promise<void> {
  const { machines, record, report, name } = site;
  const nodes = startable(record.nodes);
  const isStandby = async (node: string) =>
    findNode(name, record.nodes, node).follows !== undefined &&
    (await machines.hasFile(node, 'standby.signal', signal));
  try {
    for (const node of nodes) {
      await machines.stop(node, signal);
      await machines.removeFile(node, 'postgresql.auto.conf', signal);
      // A standby has no single-user mode: its primary sends what is repaired.
      if (!(await isStandby(node)))
        await runSingleUser(machines, node, singleUserRepair(record.password), signal);
    }
    await startNodes(site, nodes, signal);
    report(`The servers of the cluster "${name}" were repaired: ${firstLine(damage.message)}.`);
  } catch (error) {
    signal.throwIfAborted();
    if (await isDiskFull(error, site)) throw diskFull(error, site);
    // The next attempt shows what is wrong, or the cluster is replaced.
  }
}

/** In the first database that lets PostgreSQL in: any of them may be gone. */
async function runSingleUser(
  machines: Machines,
  node: string,
  statements: string,
  signal: AbortSignal,
): Promise<void> {
  const run = (database = '') => machines.singleUser(node, { database, statements }, signal);
  const [first, second] = singleUserDatabases;
  await run(first).catch(() => {
    signal.throwIfAborted();
    return run(second);
  });
}

/** With as many workers as lessons start with. @param why Of the cluster: "cannot be repaired". */
export async function replaceCluster(
  site: Site,
  why: string,
  { message }: Error,
  signal: AbortSignal,
): Promise<void> {
  const { driver, name, record, report } = site;
  report(`The cluster "${name}" ${why} (${firstLine(message)}). Replacing it with a new one.`);
  await removeCluster(site, signal);
  const blueprint = await driver.blueprint(record.blueprint);
  await createCluster(site, { blueprint, workers: record.workers }, signal);
}

/** Without the log. */
const firstLine = (message: string): string =>
  message.split('\n', 1)[0]!.replace(/(\. The last lines of its log)?[.:]?$/, '');
