// Before a lesson cleans the cluster: are there tables that somebody made by hand?
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Connection } from '../cluster/connect/connection.ts';
import { query } from '../cluster/connect/query.ts';
import type { Cluster } from '../cluster/port.ts';
import { stateDir } from '../system/state-folder.ts';

/** Stands for all tables while a lesson is at work, so that a killed run leaves none that seem made by hand. */
const everyTable = '*';

/** A dot cannot be in the name of a cluster. */
const file = ({ kind, name }: Which) =>
  path.join(stateDir(), kind === 'local' ? `tables-${name}.json` : `tables-${kind}.${name}.json`);

type Which = Pick<Cluster, 'kind' | 'name' | 'caution'>;

/** Partitions, and what belongs to an extension, are not asked for. */
const tablesOfUsers = `
  SELECT c.oid::regclass, c.oid
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p')
     AND NOT c.relispartition
     AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'citus', 'citus_internal')
     AND n.nspname !~ '^pg_(temp|toast)'
     AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
   ORDER BY 1`;

export interface CleaningOptions {
  readonly cluster: Which;
  /** A session on its coordinator. */
  readonly coordinator: Connection;
  /** Absent where nobody can be asked: what is removed is said instead. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  readonly report: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Whether the lessons may clean: there are no tables but theirs, or the learner agrees. */
export async function confirmCleaning(options: CleaningOptions): Promise<boolean> {
  const { cluster, coordinator, confirm, report, signal } = options;
  if (cluster.caution !== undefined) return heed(cluster.caution, options);
  const known = await readKnown(cluster);
  const there = known === everyTable ? [] : await userTables(coordinator, signal);
  const strange = there.filter((table) => !known.includes(table));
  if (strange.length > 0) {
    const names = strange.map((table) => table.replace(/ \d+$/, '')).join(', ');
    if (confirm === undefined) report(`The lesson starts on a clean cluster: removing ${names}.`);
    else if (!(await confirm(`A lesson starts on a clean cluster. Remove ${names}?`))) return false;
  }
  await write(cluster, everyTable);
  return true;
}

async function heed(caution: string, { confirm, report }: CleaningOptions): Promise<boolean> {
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
  await write(cluster, await userTables(coordinator, signal));
}

/** Of a cluster that is gone. */
export async function forgetTables(cluster: Which): Promise<void> {
  await rm(file(cluster), { force: true });
}

/** Each by name and oid: a table that was dropped and made anew is another one. */
async function userTables(coordinator: Connection, signal: AbortSignal): Promise<readonly string[]> {
  const rows = await query(coordinator, tablesOfUsers, signal);
  return rows.map(([name, oid]) => `${name} ${oid}`);
}

async function readKnown(cluster: Which): Promise<typeof everyTable | readonly string[]> {
  try {
    return JSON.parse(await readFile(file(cluster), 'utf8'));
  } catch {
    return [];
  }
}

async function write(cluster: Which, known: typeof everyTable | readonly string[]): Promise<void> {
  await mkdir(stateDir(), { recursive: true });
  await writeFile(file(cluster), JSON.stringify(known));
}
