// The data of a server that runs, copied as `pg_basebackup` does; the npm package does not have that program.
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { withClient } from '../client.ts';
import type { Home } from '../state/home.ts';
import type { Address } from '../types.ts';
import { copyTree, giveTree } from './tree.ts';

/** What a copy does without, documented in "Backing Up the Data Directory" of PostgreSQL's manual. */
const contentsLeftOut = [
  ...['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp'],
  'pg_subtrans',
];
const filesLeftOut = ['postmaster.pid', 'postmaster.opts', 'pg_internal.init', 'standby.signal'];

export interface Backup {
  readonly from: Address;
  readonly dataDir: string;
  /** A slot to make first, so that the log from here on is kept. */
  readonly slot?: string | undefined;
}

/** Makes `to`, the data of a standby that was not started yet. */
export async function takeBackup(
  home: Home,
  { from, dataDir, slot }: Backup,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const half = `${to}.half`;
  await rm(half, { recursive: true, force: true });
  const options = { signal, database: 'template1', timeoutMs: 600_000 };
  await withClient(from, options, async (client) => {
    if (slot !== undefined) await makeSlot(client, slot);
    await client.query(`SELECT pg_backup_start('standby', fast => true)`);
    await copyTree(dataDir, [half], { owner: home.owner, leaveOut, mayVanish: true });
    const { rows } = await client.query('SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)');
    await writeFile(join(half, 'backup_label'), rows[0].labelfile);
    await writeFile(join(half, 'standby.signal'), '');
  });
  giveTree(half, home.owner);
  await rename(half, to);
}

function leaveOut(dir: string, name: string): boolean {
  return (
    filesLeftOut.includes(name) ||
    name.startsWith('pgsql_tmp') ||
    contentsLeftOut.some((part) => dir.endsWith(`/${part}`) || dir.endsWith(`\\${part}`))
  );
}

async function makeSlot(client: Client, slot: string): Promise<void> {
  await client.query(
    `SELECT pg_create_physical_replication_slot($1, immediately_reserve => true)
      WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
    [slot],
  );
}
