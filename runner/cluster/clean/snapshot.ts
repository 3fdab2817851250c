// Copies of the database `postgres`, kept on each node: a lesson starts from one in the time that a file copy takes.
// They are copies *of* `postgres`, never made under another name, because the engine's servers name the database.
import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import type { ClusterRecord } from '../local/record.ts';
import { addressesOf } from '../local/start.ts';
import { dropDatabase } from './leftovers.ts';

/** Where the servers are is in it, so a snapshot from before a node moved or came is not found any more. */
export function snapshotName({ nodes }: Pick<ClusterRecord, 'nodes'>, initSql = ''): string {
  const hash = createHash('sha256')
    .update(`${addressesOf(nodes)}\n${initSql}`)
    .digest('hex');
  return `lesson_${hash.slice(0, 16)}`;
}

/** Copying files, with a checkpoint before, is three times as quick as copying through the log. */
const byFiles = 'STRATEGY file_copy';

export async function takeSnapshot(client: Client, snapshot: string): Promise<void> {
  await dropDatabase(client, snapshot);
  await client.query(
    `CREATE DATABASE ${snapshot} TEMPLATE postgres ${byFiles} IS_TEMPLATE true ALLOW_CONNECTIONS false`,
  );
}

/** Expects that there is no database `postgres`. */
export async function restoreSnapshot(client: Client, snapshot: string): Promise<void> {
  await client.query(`CREATE DATABASE postgres TEMPLATE ${snapshot} ${byFiles}`);
}
