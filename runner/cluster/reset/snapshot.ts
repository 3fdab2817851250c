// Copies of the database `postgres`, kept on each node: a lesson starts from one in the time that a file copy takes.
// What is copied must have been made under the name `postgres`, because the engine's servers name the database; a copy
// may have any name, and get that one when it is whole.
import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import type { Address } from '../../connect/address.ts';
import { withSuperuserClient } from '../../connect/superuser-client.ts';
import { byFiles, dropDatabase } from './database.ts';
import { createPristine } from './pristine.ts';
import type { QuiescedServer } from './quiesced-servers.ts';
import { endProcesses, removeContents } from './server-contents.ts';

/** @param layout Where the nodes are is in the database: a snapshot from before one moved or came is of no use. */
export function snapshotName(layout: string, initSql = ''): string {
  const hash = createHash('sha256').update(`${layout}\n${initSql}`).digest('hex');
  return `lesson_${hash.slice(0, 16)}`;
}

/** Of the snapshot that a lesson takes while it runs. */
export const checkpointName = (layout: string): string => snapshotName(layout, 'checkpoint');

export async function takeSnapshot(client: Client, snapshot: string, signal: AbortSignal): Promise<void> {
  await dropDatabase(client, snapshot);
  try {
    await endAllUse(client, signal);
    await client.query(
      `CREATE DATABASE ${snapshot} TEMPLATE postgres ${byFiles} IS_TEMPLATE true ALLOW_CONNECTIONS false`,
    );
  } finally {
    await client.query('ALTER DATABASE postgres ALLOW_CONNECTIONS true');
  }
}

/**
 * Nobody is connected to `postgres` afterwards, and nobody can be. Citus connects to every database that has it, again and
 * again; its daemon can sleep through a first SIGTERM, for two seconds, and wakes at the next.
 */
async function endAllUse(client: Client, signal: AbortSignal): Promise<void> {
  await client.query('ALTER DATABASE postgres ALLOW_CONNECTIONS false');
  await endProcesses(client, `datname = 'postgres'`, signal);
}

/**
 * A server as the snapshot has it; all databases but those to keep are dropped.
 * @param snapshot Undefined where the database is to have nothing in it.
 */
export async function putBackServer(
  server: QuiescedServer,
  snapshot: string | undefined,
  kept: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { client, found } = server;
  for (const database of [...found.databases, ...Object.keys(found.snapshots)]) {
    if (!kept.includes(database)) await dropDatabase(client, database);
  }
  await restorePostgres(server, snapshot, signal);
  await removeContents(client, found);
}

const next = 'lesson_next';
const old = 'lesson_old';

/** The database is the old one or the new one, whatever stops this. Expects that there is no database of these two names. */
async function restorePostgres(
  { client, address, found }: QuiescedServer,
  snapshot: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (snapshot) await client.query(`CREATE DATABASE ${next} TEMPLATE ${snapshot} ${byFiles}`);
  else await createPristine(client, address, next, signal);
  const { rows } = await client.query(`SELECT FROM pg_database WHERE datname = 'postgres'`);
  const renameNext = `ALTER DATABASE ${next} RENAME TO postgres`;
  if (rows.length === 0) {
    await client.query(renameNext);
  } else {
    await endAllUse(client, signal);
    await client.query(`BEGIN; ALTER DATABASE postgres RENAME TO ${old}; ${renameNext}; COMMIT`);
    await dropDatabase(client, old);
  }
  if (snapshot && found.hasCitus) await renewDatabaseId(address, signal);
}

/** Real Citus lists the database among what it copies to a node that it activates, by an id that the copy has not. */
async function renewDatabaseId(address: Address, signal: AbortSignal): Promise<void> {
  await withSuperuserClient(address, { signal, database: 'postgres' }, (client) =>
    client.query(`
      UPDATE pg_dist_object
         SET objid = (SELECT oid FROM pg_database WHERE datname = current_database())
       WHERE classid = 'pg_database'::regclass`),
  );
}
