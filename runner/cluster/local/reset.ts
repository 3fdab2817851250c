// The state in which every lesson starts, made from snapshots where they are there, from scratch where not.
import type { Client } from 'pg';
import { UserError } from '../../errors.ts';
import { onEachNode } from '../clean/each-node.ts';
import { applyInit } from '../clean/init.ts';
import {
  dropDatabase,
  endSessions,
  findLeftovers,
  hasTraces,
  type Leftovers,
  removeLeftovers,
  removeSubscriptions,
} from '../clean/leftovers.ts';
import { type Rest, readRest, writeRest } from '../clean/rest.ts';
import { restoreSnapshot, snapshotName } from '../clean/snapshot.ts';
import { withClient } from '../client.ts';
import type { Home } from '../state/home.ts';
import { withLock } from '../state/lock.ts';
import type { ResetOptions } from '../types.ts';
import { keep, makeClean, nextTransactions } from './clean.ts';
import { addressOf, existingRecord, nodeStatuses } from './cluster.ts';
import { heal } from './heal.ts';
import { type ClusterRecord, clusterDir, dataDir, type NodeRecord } from './record.ts';
import { stopServer } from './server.ts';

export async function resetCluster(
  home: Home,
  name: string,
  { initSql, signal }: ResetOptions,
): Promise<void> {
  try {
    await reset(home, name, initSql, signal);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      `the cluster "${name}" could not be put back to its start: ${(cause as Error).message}`,
      {
        code: 'cluster',
        hint: 'Run "lesson down --purge" and then "lesson up" to start afresh.',
        cause,
      },
    );
  }
}

async function reset(
  home: Home,
  name: string,
  initSql: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  let record = await runningRecord(home, name, signal);
  const found = await Promise.all(record.nodes.map((node) => endUse(record, node, signal)));
  const clean = snapshotName(record);
  const wanted = snapshotName(record, initSql);
  const isThere = (snapshot: string) => found.every(({ snapshots }) => snapshots.includes(snapshot));
  const start = [wanted, clean].find(isThere);
  const dir = clusterDir(home, name);
  const rest = await readRest(dir);
  const isUntouched = rest !== undefined && sameTransactions(rest, found);
  if (isUntouched && rest.snapshot === wanted && isThere(wanted)) return;
  if (isUntouched && rest.snapshot === clean) {
    // Copying clean databases over clean databases would be a third of the time that a new cluster takes.
    await (initSql === undefined ? keep(record, clean, signal) : initialise(record, initSql, signal));
  } else {
    record = await restore(home, name, record, { found, start, wanted, initSql, signal });
  }
  await writeRest(dir, { snapshot: wanted, transactions: await nextTransactions(record, signal) }, home);
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

async function restore(
  home: Home,
  name: string,
  before: ClusterRecord,
  { found, start, wanted, initSql, signal }: Restoration,
): Promise<ClusterRecord> {
  let record = before;
  await onEachNode(record, signal, async (client, i) => {
    await client.query('DROP DATABASE IF EXISTS postgres WITH (FORCE)');
    await removeLeftovers(client, found[i]!);
    if (start !== wanted) await removeOtherSnapshots(client, found[i]!, start);
    await (start ? restoreSnapshot(client, start) : client.query('CREATE DATABASE postgres'));
  });
  if (found.some(({ needsRestart }) => needsRestart)) {
    await restart(home, name, record, found, signal);
    record = await runningRecord(home, name, signal);
  }
  if (!start) await makeClean(record, signal);
  if (start !== wanted && initSql !== undefined) await initialise(record, initSql, signal);
  return record;
}

/** ALTER SYSTEM writes without a transaction. */
function sameTransactions({ transactions }: Rest, found: readonly Leftovers[]): boolean {
  const isSame = ({ nextTransaction, hasSystemSettings }: Leftovers, i: number) =>
    nextTransaction === transactions[i] && !hasSystemSettings;
  return transactions.length === found.length && found.every(isSame);
}

/** The record of a cluster whose servers are all up; starts those that are not. */
async function runningRecord(home: Home, name: string, signal: AbortSignal): Promise<ClusterRecord> {
  const record = await existingRecord(home, name);
  const nodes = await nodeStatuses(clusterDir(home, name), record);
  if (nodes.every(({ state }) => state === 'up')) return record;
  await withLock(home, `up.${name}`, 'lesson reset', { signal, timeoutMs: 120_000 }, () =>
    heal(home, { name, record, workers: 0 }, () => {}, signal),
  );
  return existingRecord(home, name);
}

async function endUse(record: ClusterRecord, node: NodeRecord, signal: AbortSignal): Promise<Leftovers> {
  const address = addressOf(node, record.password);
  return withClient(address, { signal, database: 'template1' }, async (client) => {
    await endSessions(client);
    const found = await findLeftovers(client);
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

async function restart(
  home: Home,
  name: string,
  record: ClusterRecord,
  found: readonly Leftovers[],
  signal: AbortSignal,
) {
  const dir = clusterDir(home, name);
  await Promise.all(
    record.nodes.map(async ({ name: node }, i) => {
      if (found[i]?.needsRestart)
        await stopServer(home, { node, dataDir: dataDir(dir, node) }, 'fast', signal);
    }),
  );
}

/** Applies init.sql and keeps what came of it. */
async function initialise(record: ClusterRecord, initSql: string, signal: AbortSignal): Promise<void> {
  await applyInit(addressOf(record.nodes[0]!, record.password), initSql, signal);
  const traces: boolean[] = [];
  await onEachNode(record, signal, async (client, i) => {
    traces[i] = hasTraces(await findLeftovers(client));
    await endSessions(client);
  });
  // What is not in the database is not in a copy of it either: such an init.sql runs each time.
  if (!traces.includes(true)) await keep(record, snapshotName(record, initSql), signal);
}
