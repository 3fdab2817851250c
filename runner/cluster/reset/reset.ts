// The state in which every lesson starts, made from snapshots where they are there, from scratch where not.
import type { Client } from 'pg';
import { UserError } from '../../errors.ts';
import type { Owner } from '../../system/owner.ts';
import { withClient } from '../connect/client.ts';
import type { ResetOptions } from '../port.ts';
import { type Member, onEachNode } from './each-node.ts';
import { applyInit } from './init.ts';
import {
  dropDatabase,
  endSessions,
  findLeftovers,
  hasTraces,
  type Leftovers,
  removeLeftovers,
  removePrepared,
  removeSubscriptions,
  removeSystemSettings,
} from './leftovers.ts';
import { nextTransactions, type Rest, readRest, writeRest } from './rest.ts';
import { dropPostgres, restoreSnapshot, snapshotName, takeSnapshot } from './snapshot.ts';

/** A cluster that is ours, as it is to be put back: its servers up, and no more of them than there should be. */
export interface Subject {
  /** The coordinator first. */
  readonly members: readonly Member[];
  /** What the databases say of where each node is. */
  readonly layout: string;
  /** The file that notes when nothing was written since the last reset. */
  readonly restFile: string;
  /** Whose that file is to be. */
  readonly owner: Owner | undefined;
  /** From databases without anything in them: makes the extension, and registers the nodes with the coordinator. */
  readonly register: (signal: AbortSignal) => Promise<void>;
  /** For settings that hold until a server starts again. Returns the cluster as it is then. */
  readonly restart: (nodes: readonly string[], signal: AbortSignal) => Promise<Subject>;
}

/** @throws UserError where that cannot be had. */
export async function resetDatabases(subject: Subject, { initSql, signal }: ResetOptions): Promise<void> {
  try {
    await reset(subject, initSql, signal);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof UserError) throw cause;
    throw new UserError(`the cluster could not be put back to its start: ${(cause as Error).message}`, {
      code: 'cluster',
      hint: 'Run "lesson down --purge" and then "lesson up" to start afresh.',
      cause,
    });
  }
}

async function reset(before: Subject, initSql: string | undefined, signal: AbortSignal): Promise<void> {
  let subject = before;
  const { layout, restFile } = subject;
  const found = await Promise.all(subject.members.map((member) => endUse(member, signal)));
  const clean = snapshotName(layout);
  const wanted = snapshotName(layout, initSql);
  const isThere = (snapshot: string) => found.every(({ snapshots }) => snapshots.includes(snapshot));
  const start = [wanted, clean].find(isThere);
  const rest = await readRest(restFile);
  const isUntouched = rest !== undefined && sameTransactions(rest, found);
  if (isUntouched && rest.snapshot === wanted && isThere(wanted)) return;
  if (isUntouched && rest.snapshot === clean) {
    // Copying clean databases over clean databases would be a third of the time that a new cluster takes.
    if (initSql === undefined) await keep(subject, clean, signal);
    else await initialise(subject, initSql, signal);
  } else {
    subject = await restore(subject, { found, start, wanted, initSql, signal });
  }
  const transactions = await nextTransactions(subject.members, signal);
  await writeRest(restFile, { snapshot: wanted, transactions }, subject.owner);
}

/** What `reset` has found out before it changes anything. */
interface Restoration {
  readonly found: readonly Leftovers[];
  /** The best snapshot that every node has. */
  readonly start: string | undefined;
  readonly wanted: string;
  readonly initSql: string | undefined;
  readonly signal: AbortSignal;
}

async function restore(before: Subject, { found, start, wanted, initSql, signal }: Restoration) {
  await onEachNode(before.members, signal, async (client, i) => {
    await dropPostgres(client);
    await removeLeftovers(client, found[i]!);
    if (start !== wanted) await removeOtherSnapshots(client, found[i]!, start);
    const member = before.members[i]!;
    await (start ? restoreSnapshot(client, member, start, signal) : client.query('CREATE DATABASE postgres'));
  });
  const stale = before.members.filter((_, i) => found[i]?.needsRestart).map(({ name }) => name);
  const subject = stale.length > 0 ? await before.restart(stale, signal) : before;
  if (!start) {
    await subject.register(signal);
    await keep(subject, snapshotName(subject.layout), signal);
  }
  if (start !== wanted && initSql !== undefined) await initialise(subject, initSql, signal);
  return subject;
}

/** ALTER SYSTEM writes without a transaction, and a replication slot is made without one. */
function sameTransactions({ transactions }: Rest, found: readonly Leftovers[]): boolean {
  const isSame = ({ nextTransaction, hasSystemSettings, slots }: Leftovers, i: number) =>
    nextTransaction === transactions[i] && !hasSystemSettings && slots.length === 0;
  return transactions.length === found.length && found.every(isSame);
}

async function endUse({ address }: Member, signal: AbortSignal): Promise<Leftovers> {
  return withClient(address, { signal, database: 'template1' }, async (client) => {
    await endSessions(client);
    const found = await findLeftovers(client);
    await removeSystemSettings(client, found);
    await removePrepared(address, found, signal);
    await removeSubscriptions(address, found, signal);
    return found;
  });
}

/** One for a text of `init.sql` that is not the current one, or for addresses that no longer hold. */
async function removeOtherSnapshots(client: Client, { snapshots }: Leftovers, kept: string | undefined) {
  for (const snapshot of snapshots) {
    if (snapshot !== kept) await dropDatabase(client, snapshot);
  }
}

/** Applies init.sql and keeps what came of it. */
async function initialise(subject: Subject, initSql: string, signal: AbortSignal): Promise<void> {
  const { members, layout } = subject;
  await applyInit(members[0]!.address, initSql, signal);
  const traces: boolean[] = [];
  await onEachNode(members, signal, async (client, i) => {
    traces[i] = hasTraces(await findLeftovers(client));
    await endSessions(client);
  });
  // What is not in the database is not in a copy of it either: such an init.sql runs each time.
  if (!traces.includes(true)) await keep(subject, snapshotName(layout, initSql), signal);
}

/** Copies `postgres` as it is now. */
async function keep({ members }: Subject, snapshot: string, signal: AbortSignal): Promise<void> {
  await onEachNode(members, signal, (client) => takeSnapshot(client, snapshot));
}
