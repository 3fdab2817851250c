// The data of a server that runs, copied as `pg_basebackup` does; the npm package does not have that program.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateFolder } from '../../../system/state-folder.ts';
import { withClient } from '../../connect/client.ts';
import type { Address } from '../../port.ts';
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
}

/** Makes `to`, the data of a standby that was not started yet. */
export async function takeBackup(
  home: StateFolder,
  { from, dataDir }: Backup,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  await rm(to, { recursive: true, force: true });
  const options = { signal, database: 'template1', timeoutMs: 600_000 };
  await withClient(from, options, async (client) => {
    await client.query(`SELECT pg_backup_start('standby', fast => true)`);
    // template0, as in `create.ts`: nobody writes there, on a standby neither.
    const constant = join(dataDir, 'base', '4');
    await copyTree(dataDir, [to], { owner: home.owner, leaveOut, mayVanish: true, constant });
    const { rows } = await client.query('SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)');
    await writeFile(join(to, 'backup_label'), rows[0].labelfile);
    await writeFile(join(to, 'standby.signal'), '');
  });
  giveTree(to, home.owner);
}

function leaveOut(dir: string, name: string): boolean {
  return (
    filesLeftOut.includes(name) ||
    name.startsWith('pgsql_tmp') ||
    contentsLeftOut.some((part) => dir.endsWith(`/${part}`) || dir.endsWith(`\\${part}`))
  );
}
