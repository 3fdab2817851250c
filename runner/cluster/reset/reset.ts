// The state in which every lesson starts, made from snapshots where they are there, from nothing where not. Whatever
// stops this, at any moment, the next reset finds its way from there.

import { UserError } from '../../errors.ts';
import type { JsonFile } from '../../system/json-file.ts';
import type { ResetOptions } from '../port.ts';
import { BeyondReset } from './beyond-reset.ts';
import { applyInit, InitSqlError } from './init-sql.ts';
import { type NodeAddress, type QuiescedServer, withQuiescedServers } from './quiesced-servers.ts';
import { endSessions, hasTraces, readContents, readContentsAt } from './server-contents.ts';
import { checkpointName, putBackServer, snapshotName, takeSnapshot } from './snapshot.ts';
import { marksOf, type NodeMarks, type Untouched } from './untouched.ts';

/** A cluster that is ours, as it is to be put back: its servers up, and no more of them than there should be. */
export interface ResettableCluster {
  /** The coordinator first. */
  readonly nodes: readonly NodeAddress[];
  /** What the databases say of where each node is. */
  readonly layout: string;
  /** Says what is to be seen when nobody has touched the cluster since its reset. */
  readonly note: JsonFile<Untouched>;
  /** From databases without anything in them: makes the extension, and registers the nodes with the coordinator. */
  readonly register: (signal: AbortSignal) => Promise<void>;
  /** For settings that hold until a server starts again. Returns the cluster as it is then. */
  readonly restart: (nodes: readonly string[], signal: AbortSignal) => Promise<ResettableCluster>;
}

/** @throws InitSqlError for what `initSql` did; BeyondReset where SQL cannot put the cluster back; `signal.reason`. */
export async function resetDatabases(cluster: ResettableCluster, options: ResetOptions): Promise<void> {
  const { signal } = options;
  try {
    await reset(cluster, options, 'from snapshots').catch(async (error) => {
      signal.throwIfAborted();
      if (error instanceof UserError) throw error;
      await reset(cluster, options, 'from nothing');
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof InitSqlError || error instanceof BeyondReset ? error : new BeyondReset(error);
  }
}

/** Notes that a cluster is as `register` left it when it was made. */
export async function noteNewCluster(cluster: ResettableCluster, signal: AbortSignal): Promise<void> {
  const found = await Promise.all(cluster.nodes.map(({ address }) => readContentsAt(address, signal)));
  await cluster.note.write({ snapshot: snapshotName(cluster.layout), nodes: found.map(marksOf) });
}

/** What to restore from: the second when the first has failed; it trusts nothing that is there. */
type Source = 'from snapshots' | 'from nothing';

interface Plan {
  readonly noted: Untouched | undefined;
  /** The snapshot of databases in which `register` has done its work, and that of those with `initSql`. */
  readonly clean: string;
  readonly wanted: string;
  /** That of the lesson that ran last. */
  readonly checkpoint: string;
  readonly initSql: string | undefined;
  readonly signal: AbortSignal;
}

/** What the databases are: with nothing in them, with the nodes registered, that and kept as a snapshot, or all there is to be. */
type Progress = 'empty' | 'registered' | 'clean' | 'wanted' | 'untouched';

async function reset(
  cluster: ResettableCluster,
  { initSql, signal }: ResetOptions,
  source: Source,
): Promise<void> {
  const noted = source === 'from snapshots' ? await cluster.note.read() : undefined;
  const clean = snapshotName(cluster.layout);
  const wanted = snapshotName(cluster.layout, initSql);
  const checkpoint = checkpointName(cluster.layout);
  const plan: Plan = { noted, clean, wanted, checkpoint, initSql, signal };
  const trust = { noted: noted?.nodes, isFromNothing: source === 'from nothing' };
  const later = await withQuiescedServers(cluster.nodes, trust, signal, async (servers) => {
    const progress = await putBack(servers, plan);
    const stale = servers.filter(({ found }) => found.needsRestart).map(({ name }) => name);
    if (stale.length > 0) return { progress, stale, nodes: await marksNow(servers) };
    await complete(cluster, servers, progress, plan);
    return undefined;
  });
  if (!later) return;
  const restarted = await cluster.restart(later.stale, signal);
  const asPutBack = { noted: later.nodes, isFromNothing: false };
  await withQuiescedServers(restarted.nodes, asPutBack, signal, (servers) =>
    complete(restarted, servers, later.progress, plan),
  );
}

async function putBack(
  servers: readonly QuiescedServer[],
  { noted, clean, wanted, checkpoint, signal }: Plan,
): Promise<Progress> {
  const isUsable = (snapshot: string) => servers.every(({ trusted }) => trusted.includes(snapshot));
  const start = [wanted, clean].find(isUsable);
  const isWanted = noted?.snapshot === wanted && start === wanted;
  if (servers.every(({ isUntouched }) => isUntouched)) {
    if (isWanted) return 'untouched';
    // Copying clean databases over clean databases would be a third of the time that a new cluster takes.
    if (noted?.snapshot === clean && start !== wanted) return start === clean ? 'clean' : 'registered';
  }
  const changed = servers.filter(({ isUntouched }) => !isWanted || !isUntouched);
  const isKept = (snapshot: string) => (start === wanted ? snapshot !== checkpoint : snapshot === start);
  await Promise.all(
    changed.map((server) => putBackServer(server, start, server.trusted.filter(isKept), signal)),
  );
  if (start === undefined) return 'empty';
  return start === wanted ? 'wanted' : 'clean';
}

async function complete(
  cluster: ResettableCluster,
  servers: readonly QuiescedServer[],
  progress: Progress,
  { clean, wanted, initSql, signal }: Plan,
): Promise<void> {
  if (progress === 'untouched') return;
  if (progress === 'empty') await cluster.register(signal);
  if (progress === 'empty' || (progress === 'registered' && initSql === undefined)) {
    await keep(servers, clean, signal);
    await note(cluster, servers, clean);
  }
  if (progress !== 'wanted' && initSql !== undefined) {
    await applyInit(servers[0]!.address, initSql, signal);
    await Promise.all(servers.map(({ client }) => endSessions(client, signal)));
    const contents = await Promise.all(servers.map(({ client }) => readContents(client)));
    // What is not in the database is not in a copy of it either: such an init.sql runs each time.
    if (!contents.some(hasTraces)) await keep(servers, wanted, signal);
  }
  await note(cluster, servers, wanted);
}

/** Copies `postgres` as it is now. */
async function keep(
  servers: readonly QuiescedServer[],
  snapshot: string,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(servers.map(({ client }) => takeSnapshot(client, snapshot, signal)));
}

/** Notes that the databases are like this snapshot, and that nobody has touched them. */
export async function note(
  cluster: ResettableCluster,
  servers: readonly QuiescedServer[],
  snapshot: string,
): Promise<void> {
  await cluster.note.write({ snapshot, nodes: await marksNow(servers) });
}

const marksNow = (servers: readonly QuiescedServer[]): Promise<readonly NodeMarks[]> =>
  Promise.all(servers.map(async ({ client }) => marksOf(await readContents(client))));
