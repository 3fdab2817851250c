// What a server that was killed leaves, and what keeps the next one from starting: processes in the middle of a query,
// and a `postmaster.pid` whose process id may be somebody else's now.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../errors.ts';
import { readIfThere, writePrivate } from '../../../system/files.ts';
import { findProcesses, isAlive } from '../../../system/processes.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import { until } from '../../../system/until.ts';
import { serverState } from './postmaster.ts';

/** Ends the processes of a server that does not run any more, and makes its `postmaster.pid` name no process. */
export async function endLeftoverProcesses(
  { owner }: StateFolder,
  dataDir: string,
  signal: AbortSignal,
): Promise<void> {
  const { state } = await serverState(dataDir);
  if (state !== 'killed' && state !== 'crashed') return;
  const orphans = await findChildren(dataDir);
  for (const pid of orphans) {
    if (await isAlive(pid)) process.kill(pid, 'SIGKILL');
    await untilGone(pid, signal);
  }
  const file = join(dataDir, 'postmaster.pid');
  const text = await readFile(file, 'utf8');
  // Not removed: PostgreSQL finds the dead server's shared memory by the lines below.
  await writePrivate(file, text.replace(/^-?\d+/, String(nobody)), owner);
}

const goneMs = 10_000;

/** After SIGKILL. @throws UserError where the system does not end it. */
export async function untilGone(pid: number, signal: AbortSignal): Promise<void> {
  const isGone = async () => !(await isAlive(pid));
  if (await until(isGone, { signal, timeoutMs: goneMs, everyMs: 2 })) return;
  throw new UserError(`process ${pid} did not exit after SIGKILL`, {
    code: 'cluster',
    hint: 'It may be waiting for a disk. Terminate it, or restart the machine.',
  });
}

/** The processes that the server of a data folder has started, or that it left. */
export async function findChildren(dataDir: string): Promise<readonly number[]> {
  const conf = await readIfThere(join(dataDir, 'postgresql.conf'));
  const title = /^cluster_name = '(.+)'$/m.exec(conf ?? '')?.[1];
  return title ? findProcesses((command) => command.startsWith(`postgres: ${title}: `)) : [];
}

/** Above every process id that systems give. */
const nobody = 2 ** 31 - 1;
