// Locks between processes, held by files, which have their process in their names. Whoever wants a lock puts a file down
// first and looks for others then: of two that come at once at least one sees the other. A file whose process is gone
// holds nothing.
import { randomBytes, randomInt } from 'node:crypto';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { isAlive, startMark } from './processes.ts';
import type { StateFolder } from './state-folder.ts';
import { until } from './until.ts';

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

const { signal: never } = new AbortController();
const locksDir = (state: StateFolder) => join(state.dir, 'locks');

/** Takes the lock, or says who has it. */
export async function tryLock(state: StateFolder, lock: string, what: string): Promise<Release | Holder> {
  const mark = await startMark(process.pid);
  const file = join(locksDir(state), `${lock}.${process.pid}.${mark}.${randomBytes(6).toString('hex')}`);
  const release = () => rm(file, { force: true });
  try {
    await putDown(file, { what, since: new Date().toISOString() });
    const holder = await findHolder(state, lock, file);
    if (!holder) return release;
    await release();
    return holder;
  } catch (error) {
    await release();
    throw error;
  }
}

/** On a disk that is full there may be room for a name only, or not even for that: it must be possible to free it. */
async function putDown(file: string, says: Pick<Holder, 'what' | 'since'>): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(says));
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOSPC', 'EDQUOT'].includes(code)) throw error;
  }
}

/** Takes the lock, after the one who has it if need be; says who still has it after so long. */
export async function waitForLock(
  state: StateFolder,
  lock: string,
  what: string,
  limits: Limits,
): Promise<Release | Holder> {
  let last: Release | Holder | undefined;
  const isTaken = async () => {
    last = await tryLock(state, lock, what);
    return typeof last === 'function';
  };
  // Two that ask at the same pace could see each other for ever.
  await until(isTaken, { signal: never, ...limits, everyMs: randomInt(20, 60) });
  return last!;
}

/** Runs `use` with the lock, and gives it back however that ends. */
export async function withLock<T>(
  state: StateFolder,
  lock: string,
  what: string,
  limits: Limits,
  use: () => Promise<T>,
): Promise<T> {
  const taken = await waitForLock(state, lock, what, limits);
  if (typeof taken !== 'function') throw lockedBy(taken);
  try {
    return await use();
  } finally {
    await taken();
  }
}

/** Who has the lock, besides the file `mine`. Removes the files of processes that are gone. */
export async function findHolder(
  state: StateFolder,
  lock: string,
  mine?: string,
): Promise<Holder | undefined> {
  for (const name of await readdir(locksDir(state))) {
    const file = join(locksDir(state), name);
    const [, of, id, mark] = /^(.+)\.(\d+)\.(\d*)\.\w+$/.exec(name) ?? [];
    if (of !== lock || file === mine) continue;
    const pid = Number(id);
    if ((await isAlive(pid)) && (await startMark(pid)) === mark) return { pid, ...(await saysWhat(file)) };
    await rm(file, { force: true });
  }
  return undefined;
}

async function saysWhat(file: string): Promise<Pick<Holder, 'what' | 'since'>> {
  const unknown = { what: 'another command', since: 'a moment ago' };
  try {
    return { ...unknown, ...JSON.parse(await readFile(file, 'utf8')) };
  } catch {
    return unknown; // there was no room for it
  }
}

/** Two that start at the same moment can each see the other: a moment later one of them has it. */
const runWaitMs = 200;

/** For one run of lessons. @throws UserError that names who has it. */
export async function holdRun(state: StateFolder, lock: string, holder: string): Promise<Release> {
  const taken = await waitForLock(state, lock, holder, { timeoutMs: runWaitMs });
  if (typeof taken === 'function') return taken;
  throw lockedBy(taken);
}

export function lockedBy({ pid, what, since }: Holder): UserError {
  return new UserError(`the cluster is in use: "${what}" (process ${pid}) since ${since}`, {
    code: 'cluster',
    hint: 'Wait for it to finish, or use another cluster with "--name".',
  });
}
