// Before a lesson cleans the cluster: are there tables that somebody made by hand?
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withClient } from '../cluster/client.ts';
import { stateDir } from '../cluster/local/home.ts';
import type { Cluster } from '../cluster/types.ts';

/** Stands for all tables while a lesson is at work, so that a killed run leaves none that seem made by hand. */
const everyTable = '*';

const file = (cluster: string) => path.join(stateDir(), `tables-${cluster}.json`);

/** Tables of users by name; partitions and what belongs to an extension are not asked for. */
const userTables = `
  SELECT c.oid::regclass::text || ' ' || c.oid AS name
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p')
     AND NOT c.relispartition
     AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'citus', 'citus_internal')
     AND n.nspname !~ '^pg_(temp|toast)'
     AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
   ORDER BY 1`;

/**
 * True where the lessons may clean: no tables but theirs, or the learner agrees. Without anyone to ask it says what
 * it removes.
 */
export async function confirmCleaning(
  cluster: Cluster,
  confirm: ((question: string) => Promise<boolean>) | undefined,
  report: (message: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const known = await readKnown(cluster);
  const strange =
    known === everyTable ? [] : (await tables(cluster, signal)).filter((table) => !known.includes(table));
  const names = strange.map((table) => table.replace(/ \d+$/, '')).join(', ');
  if (names !== '') {
    if (confirm === undefined) report(`The lesson starts on a clean cluster: removing ${names}.`);
    else if (!(await confirm(`A lesson starts on a clean cluster. Remove ${names}?`))) return false;
  }
  await write(cluster, everyTable);
  return true;
}

/** Remembers the tables that are there now as a lesson's. A cluster that was lost has none to remember. */
export async function noteTables(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const now = await tables(cluster, signal).catch(() => undefined);
  if (now !== undefined) await write(cluster, now);
}

/** Of a cluster that is gone. */
export async function forgetTables(cluster: string): Promise<void> {
  await rm(file(cluster), { force: true });
}

async function tables(cluster: Cluster, signal: AbortSignal): Promise<readonly string[]> {
  const address = await cluster.address('coordinator');
  return withClient(address, { signal }, async (client) =>
    (await client.query<{ name: string }>(userTables)).rows.map(({ name }) => name),
  );
}

async function readKnown(cluster: Cluster): Promise<typeof everyTable | readonly string[]> {
  try {
    return JSON.parse(await readFile(file(cluster.name), 'utf8'));
  } catch {
    return [];
  }
}

async function write(cluster: Cluster, known: typeof everyTable | readonly string[]): Promise<void> {
  await mkdir(stateDir(), { recursive: true });
  await writeFile(file(cluster.name), JSON.stringify(known));
}
