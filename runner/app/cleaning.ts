// Before a lesson cleans the cluster: are there tables that somebody made by hand?
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type ClusterInfo, onCoordinator, readClusterInfo } from '../cluster/info.ts';
import type { Cluster } from '../cluster/port.ts';
import type { Connection } from '../connect/connection.ts';
import { query } from '../connect/query.ts';
import { UserError } from '../errors.ts';
import { jsonFile } from '../system/json-file.ts';
import { stateDir } from '../system/state-folder.ts';
import type { Confirm } from './confirm.ts';

/** The tables of lessons that ended, and of `init.sql`. A dot cannot be in the name of a cluster. */
const tablesFile = ({ kind, name }: Which) =>
  path.join(stateDir(), kind === 'local' ? `tables-${name}.json` : `tables-${kind}.${name}.json`);

type Which = Pick<Cluster, 'kind' | 'name' | 'caution'>;

/** Partitions, and what belongs to an extension, are not asked for. Names are the same whatever the search path is. */
const tablesOfUsers = `
  SELECT pg_catalog.format(CASE n.nspname WHEN 'public' THEN '%2$I' ELSE '%I.%I' END, n.nspname, c.relname), c.oid
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p')
     AND NOT c.relispartition
     AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'citus', 'citus_internal', 'citus_shards_internal')
     AND n.nspname !~ '^pg_(temp|toast)'
     AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
   ORDER BY 1`;

export interface CleaningOptions {
  readonly cluster: Cluster;
  /** Absent where nobody can be asked: what is removed is said instead. */
  readonly confirm: Confirm | undefined;
  readonly report: (message: string) => void;
  readonly signal: AbortSignal;
}

/**
 * What lessons will find, where they may clean: there are no tables but theirs, or the learner agrees. Undefined where
 * they may not.
 */
export async function prepareCluster(options: CleaningOptions): Promise<ClusterInfo | undefined> {
  const { cluster, signal } = options;
  try {
    return await onCoordinator(cluster, async (coordinator) => {
      if (!(await confirmCleaning(coordinator, options))) return undefined;
      return readClusterInfo(cluster, coordinator, signal);
    });
  } catch (error) {
    signal.throwIfAborted();
    if (cluster.servers === undefined || error instanceof UserError) throw error;
    return resetUnasked(error as Error, options);
  }
}

/** Something that was set for the database or the role keeps every session from its work. */
async function resetUnasked(
  { message }: Error,
  { cluster, confirm, report, signal }: CleaningOptions,
): Promise<ClusterInfo | undefined> {
  const why = `Could not list the tables of the cluster (${message}).`;
  if (confirm === undefined) report(`${why} Resetting it.`);
  else if (!(await confirm(`${why} A lesson starts on a clean cluster. Reset it?`))) return undefined;
  await cluster.reset({ signal });
  return onCoordinator(cluster, (coordinator) => readClusterInfo(cluster, coordinator, signal));
}

async function confirmCleaning(
  coordinator: Connection,
  { cluster, confirm, report, signal }: CleaningOptions,
): Promise<boolean> {
  if (cluster.caution !== undefined) return heed(cluster.caution, { confirm, report });
  const known = (await knownTables(cluster).read()) ?? [];
  const there = await userTables(coordinator, signal);
  const strange = there.filter((table) => !known.includes(table));
  if (strange.length === 0) return true;
  const names = strange.map((table) => table.replace(/ \d+$/, '')).join(', ');
  if (confirm) return confirm(`A lesson starts on a clean cluster. Remove ${names}?`);
  report(`The lesson starts on a clean cluster: removing ${names}.`);
  return true;
}

async function heed(
  caution: string,
  { confirm, report }: Pick<CleaningOptions, 'confirm' | 'report'>,
): Promise<boolean> {
  if (confirm !== undefined) return confirm(`${caution} Go on?`);
  report(caution);
  return true;
}

/** Remembers the tables that are there now as a lesson's. */
export async function noteTables(
  cluster: Which,
  coordinator: Connection,
  signal: AbortSignal,
): Promise<void> {
  if (cluster.caution !== undefined) return; // what is there after a run is somebody else's
  await mkdir(stateDir(), { recursive: true });
  await knownTables(cluster).write(await userTables(coordinator, signal));
}

/** After an interruption too, so not with the signal of a command. A cluster that was lost has nothing to remember. */
export async function rememberTables(cluster: Cluster): Promise<void> {
  const signal = AbortSignal.timeout(rememberMs);
  await onCoordinator(cluster, (coordinator) => noteTables(cluster, coordinator, signal)).catch(() => {});
}

const rememberMs = 2_000;

/** Removes the note of a cluster that is gone. */
export async function forgetTables(cluster: Which): Promise<void> {
  await rm(tablesFile(cluster), { force: true });
}

/** Each by name and oid: a table that was dropped and made again is another one. */
async function userTables(coordinator: Connection, signal: AbortSignal): Promise<readonly string[]> {
  const rows = await query(coordinator, tablesOfUsers, signal);
  return rows.map(([name, oid]) => `${name} ${oid}`);
}

const knownTables = (cluster: Which) =>
  jsonFile<readonly string[]>(tablesFile(cluster), { isValid: isTables });

const isTables = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((table) => typeof table === 'string');
