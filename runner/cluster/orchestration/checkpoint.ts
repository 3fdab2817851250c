// All that a cluster is at one moment of a lesson, and back to it: the data of its servers, which of them run, which standby
// streams from where. Copied while no server runs; started again, they go on where they were.
import { allEnded } from '../../system/all-ended.ts';
import { until } from '../../system/until.ts';
import type { Machine } from '../drivers/driver.ts';
import type { Checkpoint } from '../port.ts';
import type { ClusterRecord } from './cluster-record.ts';
import { withSite } from './locks.ts';
import type { StreamingStandby } from './node-commands.ts';
import { publishAddresses } from './registration.ts';
import { replaceCluster } from './repair.ts';
import { type Plot, type Site, saved } from './site.ts';
import { launch } from './start.ts';

interface Kept {
  readonly record: ClusterRecord;
  readonly running: readonly string[];
  readonly streams: readonly Stream[];
  /** Standbys that have replayed the log up to where their settings say. */
  readonly atTarget: readonly string[];
}

interface Stream extends StreamingStandby {
  /** The node from which the standby streams. */
  readonly from: string;
}

export function serverCheckpoint(plot: Plot): Checkpoint {
  let kept: Kept | undefined;
  return {
    keep: (signal) =>
      withSite(plot, 'lesson run', signal, async (site) => {
        const moment = await momentOf(site, signal);
        if (moment === undefined) return false;
        kept = undefined;
        if (!(await keep(site, moment, signal))) return false;
        kept = moment;
        return true;
      }),
    restore: (signal) =>
      withSite(plot, 'lesson run', signal, async (site) => kept !== undefined && restore(site, kept, signal)),
  };
}

/** Undefined where servers have something that a start would not bring back, or cannot be copied. */
async function momentOf(
  { machines, commands, record }: Site,
  signal: AbortSignal,
): Promise<Kept | undefined> {
  const found = await machines.list(signal);
  if (machines.copies === undefined || !found.every(isSettled)) return undefined;
  const running = found.filter(({ state }) => state === 'up').map(({ node }) => node);
  const replication = await Promise.all(running.map((node) => commands.replication(node, signal)));
  // A late standby that is started again receives nothing until it has replayed what it had.
  if (replication.some(({ replay }) => replay === 'paused' || replay === 'delayed')) return undefined;
  const atTarget = running.filter((_, i) => replication[i]!.replay === 'at target');
  const streams = replication
    .flatMap(({ standbys }, i) => standbys.map((standby) => ({ ...standby, from: running[i]! })))
    .filter(({ standby }) => !atTarget.includes(standby)); // started again, it needs no more log
  return { record, running, streams, atTarget };
}

async function keep(site: Site, moment: Kept, signal: AbortSignal): Promise<boolean> {
  const { machines } = site;
  let isKept = false;
  try {
    await allEnded(moment.running.map((node) => machines.stop(node, signal)));
    await machines.copies!.keep();
    isKept = true;
  } catch {
    signal.throwIfAborted();
    await machines.copies!.remove();
  }
  return (await goOn(site, moment, signal)) && isKept;
}

const isSettled = ({ state }: Machine): boolean =>
  state === 'up' || state === 'stopped' || state === 'killed';

/** Whoever interrupts this leaves a cluster that is not whole: the next command replaces it. */
async function restore(site: Site, kept: Kept, signal: AbortSignal): Promise<boolean> {
  const { machines, record } = site;
  if (record.id !== kept.record.id || !(await machines.copies?.exist())) return false;
  const halfway = await saved(site, { isWhole: false });
  try {
    const found = await machines.list(signal);
    await allEnded(found.map(({ node }) => machines.kill(node, signal)));
    await machines.copies!.putBack();
    return await goOn(await saved(halfway, kept.record), kept, signal);
  } catch (error) {
    signal.throwIfAborted();
    await replaceCluster(site, 'could not be restored', error as Error, signal);
    return false;
  }
}

const arriveMs = 30_000;

/** Starts the servers that ran. @returns False where a standby does not do as before. */
async function goOn(
  site: Site,
  { record, running, streams, atTarget }: Kept,
  signal: AbortSignal,
): Promise<boolean> {
  const followers = record.nodes.filter(({ follows }) => follows !== undefined).map(({ name }) => name);
  // A standby that finds nobody to follow waits for half a second.
  for (const isFollower of [false, true]) {
    const nodes = running.filter((node) => followers.includes(node) === isFollower);
    if (nodes.length > 0) await launch(site, nodes, signal);
  }
  await publishAddresses(site, false, signal);
  const { commands } = site;
  const isThere = async (node: string) => (await commands.replication(node, signal)).replay === 'at target';
  const arrivals = await allEnded([
    ...streams.map(({ from, standby, isSynchronous: synchronous }) =>
      commands.streams(from, standby, { synchronous, timeoutMs: arriveMs }, signal),
    ),
    ...atTarget.map((node) => until(() => isThere(node), { signal, timeoutMs: arriveMs })),
  ]);
  return arrivals.every((hasArrived) => hasArrived === true);
}
