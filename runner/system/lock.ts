// Locks between processes, held by files. Whoever wants a lock puts his file down first and looks for others then: of
// two that come at once at least one sees the other. A file whose process is gone holds nothing, and names no other.
import { randomBytes, randomInt } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { writePrivate } from './files.ts';
import { isAlive, startMark } from './processes.ts';
import type { StateFolder } from './state-folder.ts';

/** Who has a lock, for people. */
export interface Holder {
  readonly pid: number;
  /** What it is doing: `lesson run 03-distribution`. */
  readonly what: string;
  readonly since: string;
}

export type Release = () => Promise<void>;

export interface Limits {
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
}

interface LockFile extends Holder {
  readonly startMark: string;
}

const locksDir = (home: StateFolder) => join(home.dir, 'locks');

/** Takes the lock, or says who has it. */
export async function tryLock(home: StateFolder, lock: string, what: string): Promise<Release | Holder> {
  const file = join(locksDir(home), `${lock}.${process.pid}.${randomBytes(6).toString('hex')}`);
  const mine: LockFile = {
    pid: process.pid,
    startMark: await startMark(process.pid),
    what,
    since: new Date().toISOString(),
  };
  await writePrivate(file, JSON.stringify(mine), home.owner);
  const release = () => rm(file, { force: true });
  try {
    const holder = await findHolder(home, lock, file);
    if (!holder) return release;
    await release();
    return holder;
  } catch (error) {
    await release();
    throw error;
  }
}

/** Takes the lock, after the one who has it if need be; says who still has it after so long. */
export async function waitForLock(
  home: StateFolder,
  lock: string,
  what: string,
  limits: Limits,
): Promise<Release | Holder> {
  const deadline = Date.now() + limits.timeoutMs;
  for (;;) {
    const taken = await tryLock(home, lock, what);
    if (typeof taken === 'function' || Date.now() > deadline) return taken;
    await wait(randomInt(20, 60), undefined, limits);
  }
}

/** Runs `use` with the lock, and gives it back however that ends. */
export async function withLock<T>(
  home: StateFolder,
  lock: string,
  what: string,
  limits: Limits,
  use: () => Promise<T>,
): Promise<T> {
  const taken = await waitForLock(home, lock, what, limits);
  if (typeof taken !== 'function') throw lockedBy(taken);
  try {
    return await use();
  } finally {
    await taken();
  }
}

/** Who has the lock, besides the file `mine`. Removes the files of processes that are gone. */
export async function findHolder(
  home: StateFolder,
  lock: string,
  mine?: string,
): Promise<Holder | undefined> {
  for (const name of await readdir(locksDir(home))) {
    const file = join(locksDir(home), name);
    if (!name.startsWith(`${lock}.`) || file === mine) continue;
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue; // given back just now
    const holder = parse(text);
    if (holder && (await isAlive(holder.pid)) && (await startMark(holder.pid)) === holder.startMark)
      return holder;
    await rm(file, { force: true });
  }
  return undefined;
}

/** A disk that was full can leave a file without its text. */
function parse(text: string): LockFile | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Two that start at the same moment can each see the other: a moment later one of them has it. */
const runWaitMs = 200;

/** For one run of lessons. @throws UserError that names who has it. */
export async function holdRun(home: StateFolder, lock: string, holder: string): Promise<Release> {
  const taken = await waitForLock(home, lock, holder, { timeoutMs: runWaitMs });
  if (typeof taken === 'function') return taken;
  throw lockedBy(taken);
}

export function lockedBy({ pid, what, since }: Holder): UserError {
  return new UserError(`the cluster is in use: "${what}" (process ${pid}) since ${since}`, {
    code: 'cluster',
    hint: 'Wait for it to end, or take a cluster of your own with "--name".',
  });
}
