// What a server that was killed leaves, and what keeps the next one from starting: processes in the middle of a query,
// and a `postmaster.pid` whose process id may be somebody else's now.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, writePrivate } from '../../../system/files.ts';
import { findProcesses, killProcesses } from '../../../system/processes.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import { serverState } from './postmaster.ts';

/** Ends the processes of a server that does not run any more, and makes its `postmaster.pid` name no process. */
export async function endLeftoverProcesses(
  { owner }: StateFolder,
  dataDir: string,
  signal: AbortSignal,
): Promise<void> {
  const { state } = await serverState(dataDir);
  if (state !== 'killed' && state !== 'crashed') return;
  await killProcesses(await findChildren(dataDir), signal);
  const file = join(dataDir, 'postmaster.pid');
  const text = await readFile(file, 'utf8');
  // Not removed: PostgreSQL finds the dead server's shared memory by the lines below.
  await writePrivate(file, text.replace(/^-?\d+/, String(nobody)), owner);
}

/** The processes that the server of a data folder has started, or that it left. */
export async function findChildren(dataDir: string): Promise<readonly number[]> {
  const conf = await readIfThere(join(dataDir, 'postgresql.conf'));
  const title = /^cluster_name = '(.+)'$/m.exec(conf ?? '')?.[1];
  return title ? findProcesses((command) => command.startsWith(`postgres: ${title}: `)) : [];
}

/** Above every process id that systems give. */
const nobody = 2 ** 31 - 1;
