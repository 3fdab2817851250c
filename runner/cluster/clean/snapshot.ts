// Copies of the database `postgres`, kept on each node: a lesson starts from one in the time that a file copy takes.
// They are copies *of* `postgres`, never made under another name, because the engine's servers name the database.
import { createHash } from 'node:crypto';
import type { Client } from 'pg';
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

/** A database in use cannot be copied, and Citus connects to every one that has it, again and again. */
async function alone(client: Client, use: () => Promise<unknown>): Promise<void> {
  await client.query('ALTER DATABASE postgres ALLOW_CONNECTIONS false');
  try {
    await client.query(`
      SELECT pg_terminate_backend(pid, 5000)
        FROM pg_stat_activity
       WHERE datname = 'postgres'`);
    await use();
  } finally {
    await client.query('ALTER DATABASE postgres ALLOW_CONNECTIONS true');
  }
}

/** Expects that there is no database `postgres`. */
export async function restoreSnapshot(client: Client, snapshot: string): Promise<void> {
  await client.query(`CREATE DATABASE postgres TEMPLATE ${snapshot} ${byFiles}`);
}
