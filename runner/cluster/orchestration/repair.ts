// Repairs a cluster that does not work; if that is not possible, replaces it with a new one. So no state of it is final.
// Where the cause is the computer (a full disk, no Docker), the cluster is left alone.
import { findHolder, lockedBy, withLock } from '../../system/lock.ts';
import { type Machines, ServerFailure } from '../drivers/driver.ts';
import { BeyondReset } from '../reset/beyond-reset.ts';
import { singleUserDatabases, singleUserRepair, singleUserSettings } from '../reset/single-user.ts';
import { clusterDir, readRecord } from './cluster-record.ts';
import { createCluster } from './create.ts';
import { removeCluster } from './down.ts';
import { type ClusterFolder, diskFull, isDiskFull } from './failures.ts';
import { findNode, startable } from './node-record.ts';
import { type Ground, lockOf, openSite, type Site } from './site.ts';
import { startNodes } from './start.ts';

const waitMs = 300_000;

/**
 * Runs `attempt`; if the servers fail, repairs them and runs it again; if they still fail, runs it on a new cluster.
 * @returns Whether the cluster was replaced.
 */
export async function repairing(
  ground: Ground,
  name: string,
  signal: AbortSignal,
  attempt: () => Promise<unknown>,
): Promise<boolean> {
  const cluster = { driver: ground.driver, dir: clusterDir(ground.state, ground.driver, name), name };
  const damage = await attemptOnce(attempt, cluster, signal);
  if (damage === undefined) return false;
  await exclusively(ground, name, signal, (site) => repairServers(site, damage, signal));
  const remaining = await attemptOnce(attempt, cluster, signal);
  if (remaining === undefined) return false;
  // It was not the settings, and a new cluster would need as much.
  if (remaining instanceof ServerFailure && remaining.why === 'starved') throw remaining;
  await exclusively(ground, name, signal, (site) =>
    replaceCluster(ground, site, 'cannot be repaired', remaining, signal),
  );
  await attempt();
  return true;
}

/** Undefined where there was none. @throws What is not the servers' fault. */
async function attemptOnce(
  attempt: () => Promise<unknown>,
  cluster: ClusterFolder,
  signal: AbortSignal,
): Promise<Damage | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (await isDiskFull(error, cluster)) throw diskFull(error, cluster);
    const damage = damageOf(error);
    if (damage === undefined) throw error;
    return damage;
  }
}

async function exclusively(
  ground: Ground,
  name: string,
  signal: AbortSignal,
  use: (site: Site) => Promise<void>,
): Promise<void> {
  const limits = { signal, timeoutMs: waitMs };
  await withLock(ground.state, lockOf(ground.driver, 'up', name), 'lesson up', limits, async () => {
    const holder = await findHolder(ground.state, lockOf(ground.driver, 'run', name));
    if (holder && holder.pid !== process.pid) throw lockedBy(holder);
    const record = await readRecord(clusterDir(ground.state, ground.driver, name));
    if (record) await use(openSite(ground, name, record));
  });
}

interface Damage {
  /** What was found, in the words of an error. */
  readonly message: string;
}

/** Undefined for what a new cluster would meet, too. A server that only takes long may be busy with its own recovery. */
function damageOf(error: unknown): Damage | undefined {
  if (error instanceof BeyondReset) return error;
  if (error instanceof ServerFailure && error.why !== 'silent') return error;
  return undefined;
}

/** What ALTER SYSTEM has set is removed; what keeps us out of the databases is undone without logging in. */
async function repairServers(site: Site, damage: Damage, signal: AbortSignal): Promise<void> {
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
  const run = (database = '') =>
    machines.singleUser(node, { database, settings: singleUserSettings, statements }, signal);
  const [first, second] = singleUserDatabases;
  await run(first).catch(() => {
    signal.throwIfAborted();
    return run(second);
  });
}

/** With as many workers as lessons start with. @param why Of the cluster: "cannot be repaired". */
export async function replaceCluster(
  ground: Ground,
  { name, record, report }: Site,
  why: string,
  { message }: Damage,
  signal: AbortSignal,
): Promise<void> {
  report(`The cluster "${name}" ${why} (${firstLine(message)}). Replacing it with a new one.`);
  await removeCluster(ground, name, signal);
  const blueprint = await ground.driver.blueprint(record.blueprint);
  await createCluster(ground, name, { blueprint, workers: record.workers }, signal);
}

/** Without the log. */
const firstLine = (message: string): string =>
  message.split('\n', 1)[0]!.replace(/(\. The last lines of its log)?[.:]?$/, '');
