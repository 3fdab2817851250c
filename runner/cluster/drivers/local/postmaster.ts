// What `postmaster.pid` says about the server of a data folder, and whether it is true.
import { readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { commandOf, isAlive } from '../../../system/processes.ts';

interface Postmaster {
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly port: number;
  readonly isReady: boolean;
}

export interface ServerState {
  /**
   * `killed`: it ended without closing its data. `crashed`: so did the machine, and what was not on disk is lost;
   * with fsync off the data cannot be trusted then.
   */
  readonly state: 'up' | 'starting' | 'stopped' | 'killed' | 'crashed';
  /** Of a server that runs. */
  readonly postmaster?: Postmaster;
}

/** Reads the state of a server without asking it. */
export async function serverState(dataDir: string): Promise<ServerState> {
  const postmaster = await readPostmaster(dataDir);
  if (!postmaster) return { state: 'stopped' };
  if (await isServerOf(dataDir, postmaster.pid)) {
    return { state: postmaster.isReady ? 'up' : 'starting', postmaster };
  }
  return { state: isBeforeBoot(postmaster.startedAt) ? 'crashed' : 'killed' };
}

/** Whether the computer was started after that moment, in milliseconds since 1970. */
export function isBeforeBoot(moment: number): boolean {
  const bootedAt = Date.now() - uptime() * 1000;
  const clockSlackMs = 2000;
  return moment < bootedAt - clockSlackMs;
}

/** The lines of the file are documented in PostgreSQL's `miscadmin.h`. */
async function readPostmaster(dataDir: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const [pid, , startedAt, port, , , , status] = text.split('\n');
  return {
    pid: Number(pid),
    startedAt: Number(startedAt) * 1000,
    port: Number(port),
    isReady: status?.trim() === 'ready' || status?.trim() === 'standby',
  };
}

/** A process id may have been given to somebody else since: the server names its data folder in its command. */
async function isServerOf(dataDir: string, pid: number): Promise<boolean> {
  if (!(pid > 0) || !(await isAlive(pid))) return false;
  if (process.platform === 'win32') return true; // no command lines to be had cheaply
  const command = (await commandOf(pid)) ?? '';
  return command.split(/\0| -D /, 1)[0]!.endsWith('postgres') && command.includes(dataDir);
}
