// Turns what went wrong below into a sentence with advice.
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../../errors.ts';
import { ServerFailure } from '../drivers/driver.ts';
import { BeyondReset } from '../reset/beyond-reset.ts';
import type { Plot } from './site.ts';

/** @param what What failed: `"lesson node start worker-1" failed`. */
export async function explainFailure(
  cause: unknown,
  plot: Plot,
  what: string,
  hint: string,
): Promise<UserError> {
  if (await isDiskFull(cause, plot)) return diskFull(cause, plot);
  if (cause instanceof UserError) return cause;
  return new UserError(`${what}: ${(cause as Error).message}`, { code: 'cluster', hint, cause });
}

export function diskFull(cause: unknown, { driver, dir, name }: Plot): UserError {
  return new UserError(`the disk is full: there is no space for the cluster "${name}" in "${dir}"`, {
    code: 'cluster',
    hint: `A cluster takes about ${Math.round(driver.roomBytes / 1e6)} MB. Free some space, or set LESSON_STATE_DIR to a folder on another disk. "lesson down --purge" removes this cluster.`,
    cause,
  });
}

/** Less than this and no server works, in bytes. */
const leastRoom = 4e6;

/** A server that has no room may just break off. What a driver has explained is not explained once more. */
export async function isDiskFull(error: unknown, { dir }: Plot): Promise<boolean> {
  const isDamage = error instanceof ServerFailure || error instanceof BeyondReset;
  if (error instanceof UserError && !isDamage) return false;
  if (saysDiskFull(error) || saysDiskFull((error as Error).cause ?? {})) return true;
  const { bavail, bsize } = await statfs(dirname(dir)).catch(() => ({ bavail: 1, bsize: leastRoom }));
  return bavail * bsize < leastRoom;
}

/** In words of the system, or at the end of a server's log. */
function saysDiskFull(error: unknown): boolean {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return ['ENOSPC', 'EDQUOT', '53100'].includes(code) || /No space left on device/i.test(message);
}
