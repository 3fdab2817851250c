// Copies of the database `postgres`, kept on each node: a lesson starts from one in the time that a file copy takes.
// They are copies *of* `postgres`, never made under another name, because the engine's servers name the database.
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { withClient } from '../connect/client.ts';
import type { Member } from './each-node.ts';
import { dropDatabase } from './leftovers.ts';

/** @param layout Where the nodes are is in the database: a snapshot from before one moved or came is of no use. */
export function snapshotName(layout: string, initSql = ''): string {
  const hash = createHash('sha256').update(`${layout}\n${initSql}`).digest('hex');
  return `lesson_${hash.slice(0, 16)}`;
}

/** Copying files, with a checkpoint before, is three times as quick as copying through the log. */
const byFiles = 'STRATEGY file_copy';

export async function takeSnapshot(client: Client, snapshot: string): Promise<void> {
  await dropDatabase(client, snapshot);
  await alone(client, () =>
    client.query(
      `CREATE DATABASE ${snapshot} TEMPLATE postgres ${byFiles} IS_TEMPLATE true ALLOW_CONNECTIONS false`,
    ),
  );
}

/** A database in use cannot be copied. */
async function alone(client: Client, use: () => Promise<unknown>): Promise<void> {
  try {
    await endAllUse(client);
    await use();
  } finally {
    await client.query('ALTER DATABASE postgres ALLOW_CONNECTIONS true');
  }
}

const patienceMs = 5_000;

/**
 * Nobody is connected to `postgres` afterwards, and nobody can be. Citus connects to every database that has it, again and
 * again; its daemon can sleep through a first SIGTERM, for two seconds, and wakes at the next.
 */
async function endAllUse(client: Client): Promise<void> {
  await client.query('ALTER DATABASE postgres ALLOW_CONNECTIONS false');
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await wait(10)) {
    const { rows } = await client.query(`
      SELECT pg_terminate_backend(pid)
        FROM pg_stat_activity
       WHERE datname = 'postgres'`);
    if (rows.length === 0) return;
  }
}

/** Whatever it holds, and whoever uses it; also where there is none. */
export async function dropPostgres(client: Client): Promise<void> {
  const { rows } = await client.query(`SELECT FROM pg_database WHERE datname = 'postgres'`);
  if (rows.length > 0) await endAllUse(client);
  await client.query('DROP DATABASE IF EXISTS postgres WITH (FORCE)');
}

/** Expects that there is no database `postgres`. */
export async function restoreSnapshot(
  client: Client,
  { address }: Member,
  snapshot: string,
  signal: AbortSignal,
): Promise<void> {
  await client.query(`CREATE DATABASE postgres TEMPLATE ${snapshot} ${byFiles}`);
  const { rows } = await client.query(
    `SELECT current_setting('shared_preload_libraries') LIKE '%citus%' AS has_citus`,
  );
  if (rows[0].has_citus) await renewDatabaseId(address, signal);
}

/** Real Citus lists the database among what it copies to a node that it activates, by an id that the copy has not. */
async function renewDatabaseId(address: Member['address'], signal: AbortSignal): Promise<void> {
  await withClient(address, { signal }, (client) =>
    client.query(`
      UPDATE pg_dist_object
         SET objid = (SELECT oid FROM pg_database WHERE datname = current_database())
       WHERE classid = 'pg_database'::regclass`),
  );
}
