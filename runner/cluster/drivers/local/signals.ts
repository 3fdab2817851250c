// A server that is killed or paused, as a machine would be that loses its power or its way: all its processes at once.
import { UserError } from '../../../errors.ts';
import { isAlive, isPaused, killProcesses, sendSignal } from '../../../system/processes.ts';
import { until } from '../../../system/until.ts';
import { findChildren } from './leftover-processes.ts';
import { serverState } from './postmaster.ts';

/** Returns when all of the server is gone. */
export async function killServer(dataDir: string, signal: AbortSignal): Promise<void> {
  const postmaster = await runningPostmaster(dataDir);
  if (postmaster === undefined) return;
  // First the one that would start others.
  await killProcesses([postmaster, ...(await findChildren(dataDir))], signal);
}

const pauseMs = 10_000;

/** Returns when no process of the server moves. */
export async function pauseServer(dataDir: string, signal: AbortSignal): Promise<void> {
  const postmaster = await runningPostmaster(dataDir);
  if (postmaster === undefined) return;
  if (process.platform === 'win32') {
    throw new UserError('a server cannot be paused on Windows', { code: 'cluster' });
  }
  await pauseProcess(postmaster, signal); // first, for it starts others
  for (const pid of await findChildren(dataDir)) await pauseProcess(pid, signal);
}

/** A process in the middle of a system call stops only after it. */
async function pauseProcess(pid: number, signal: AbortSignal): Promise<void> {
  sendSignal(pid, 'SIGSTOP');
  const isStill = async () => (await isPaused(pid)) || !(await isAlive(pid));
  await until(isStill, { signal, timeoutMs: pauseMs, everyMs: 2 });
}

/** What was not paused does not mind. It reads its configuration again: who reloads the others does not wait for it. */
export async function resumeServer(dataDir: string): Promise<void> {
  const postmaster = await runningPostmaster(dataDir);
  if (postmaster === undefined || process.platform === 'win32') return;
  if (await isPaused(postmaster)) sendSignal(postmaster, 'SIGHUP');
  for (const pid of [...(await findChildren(dataDir)), postmaster]) sendSignal(pid, 'SIGCONT');
}

const runningPostmaster = async (dataDir: string): Promise<number | undefined> =>
  (await serverState(dataDir)).postmaster?.pid;
