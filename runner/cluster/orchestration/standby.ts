// Streaming replication: a standby of a node, and a standby that takes its place.
import { UserError } from '../../errors.ts';
import { allEnded } from '../../system/all-ended.ts';
import { withLog } from '../drivers/driver.ts';
import type { StandbyOptions } from '../port.ts';
import { dropSlotOf } from './add-remove.ts';
import { checkNodeName } from './names.ts';
import { findNode, type NodeRecord, promoted, without } from './node-record.ts';
import { catchUp, publish } from './registration.ts';
import { coordinatorName, isUp, machineOf, requireUp, type Site, saved, withNodes } from './site.ts';
import { launch } from './start.ts';

/** One that is up and follows the same node keeps its data, and follows as it is asked to now. */
export async function makeStandby(
  site: Site,
  { name: standby, ...follows }: StandbyOptions,
  signal: AbortSignal,
): Promise<void> {
  const { commands, record } = site;
  checkNodeName(standby);
  const followed = findNode(site.name, record.nodes, follows.of);
  const there = record.nodes.find((node) => node.name === standby);
  refuseRoles(record.nodes, followed, standby);
  await requireUp(site, followed.name, signal);
  const state = there && (await machineOf(site, standby, signal))?.state;
  const isThere = state === 'up' || state === 'paused' || state === 'starting';
  if (isThere && there?.follows?.of !== followed.name) {
    throw refused(
      `${standby} is running and is not a standby of ${followed.name}`,
      'Stop it first, or give the new one another name with --as.',
    );
  }
  const data = followed.data ?? followed.name;
  const made: NodeRecord = { name: standby, role: 'standby', data, follows };
  if (there && !isThere) await dropSlotOf(site, there, signal); // what it kept is of no use to new data
  if (follows.slot) await commands.makeSlot(follows.of, standby, signal);
  const ready = isThere ? site : await copyData(site, made, signal);
  await follow(ready, made, signal);
  if (isThere && !follows.slot) await dropSlotOf(site, there!, signal);
}

/** @throws UserError for what no node of this cluster can be. */
function refuseRoles(nodes: readonly NodeRecord[], followed: NodeRecord, standby: string): void {
  const there = nodes.find((node) => node.name === standby);
  const follower = nodes.find(({ follows }) => follows?.of === standby);
  if (standby === followed.name) {
    throw refused(`${standby} cannot follow itself`, 'Give the standby another name with --as.');
  }
  if (followed.follows) {
    const { of } = followed.follows;
    throw refused(
      `${followed.name} is itself a standby and cannot be followed`,
      `Make another standby of ${of}: "lesson node standby ${of} --as ${standby}".`,
    );
  }
  if (follower) {
    throw refused(
      `${standby} cannot become a standby: ${follower.name} follows it`,
      `Remove ${follower.name} first.`,
    );
  }
  if (there && !there.follows && there.replacedBy === undefined) {
    throw refused(
      `the node "${standby}" already exists and has data of its own`,
      'Give the standby another name with --as.',
    );
  }
}

/** Replaces the data that is there, but only when the copy is complete: until then the record does not change. */
async function copyData(site: Site, made: NodeRecord, signal: AbortSignal): Promise<Site> {
  const { of } = made.follows!;
  let ready = site;
  try {
    await site.commands.backUp(
      of,
      (finish) =>
        site.machines.copyData(
          of,
          made.name,
          async () => {
            const files = await finish();
            ready = await saved(site, { nodes: without(site.record.nodes, made.name) });
            return files;
          },
          signal,
        ),
      signal,
    );
  } catch (error) {
    const cleanup = AbortSignal.timeout(5_000);
    await dropSlotOf(site, made, cleanup).catch(() => {});
    throw error;
  }
  return ready;
}

/** How long a standby may take to stream, in milliseconds. */
const streamMs = 30_000;

/** Starts the standby, reconfigures the others for it, and waits until it streams. */
async function follow(site: Site, made: NodeRecord, signal: AbortSignal): Promise<void> {
  const { of, synchronous } = made.follows!;
  const isKnown = site.record.nodes.some(({ name }) => name === made.name);
  const nodes = isKnown
    ? site.record.nodes.map((node) => (node.name === made.name ? made : node))
    : [...site.record.nodes, made];
  const wanted = await saved(site, { nodes });
  await launch(wanted, [made.name], signal);
  const options = { synchronous, timeoutMs: streamMs };
  const [streams] = await allEnded<unknown>([
    site.commands.streams(of, made.name, options, signal),
    publish(wanted, signal),
  ]);
  if (streams) return;
  const log = await site.machines.log(made.name, 5, signal);
  throw refused(
    withLog(`${made.name} did not start streaming from ${of} within ${streamMs / 1000} s`, log),
    `See "lesson logs ${made.name}" for more.`,
  );
}

/** It takes the place of the node that it follows; that one is not started again beside it. */
export async function promoteStandby(site: Site, standby: string, signal: AbortSignal): Promise<void> {
  const found = findNode(site.name, site.record.nodes, standby);
  await requireUp(site, standby, signal);
  if (found.follows === undefined) return; // it is a primary already
  const { of } = found.follows;
  if (await isUp(site, of, signal)) {
    throw refused(
      `${of} is up: with ${standby} promoted, both would accept writes`,
      `Stop it first: "lesson node stop ${of}", or "lesson node kill ${of}".`,
    );
  }
  if (!(await site.commands.promote(standby, signal))) {
    throw refused(`${standby} was not promoted within 50 s`, `See "lesson logs ${standby}".`);
  }
  const now = await publish(withNodes(site, promoted(site.record.nodes, standby)), signal);
  if (coordinatorName(now) === standby) await catchUp(now, signal);
}

function refused(message: string, hint: string): UserError {
  return new UserError(message, { code: 'cluster', hint });
}
