// Turns what went wrong below into a sentence with advice.
import { UserError } from '../../errors.ts';
import type { Site } from './site.ts';

/** @param what What failed: `"lesson node start worker-1" failed`. */
export function explainFailure(
  cause: unknown,
  { driver, dir, name }: Pick<Site, 'driver' | 'dir' | 'name'>,
  what: string,
  hint: string,
): UserError {
  if (isDiskFull(cause)) {
    return new UserError(`the disk is full: there is no room for the cluster "${name}" in "${dir}"`, {
      code: 'cluster',
      hint: `A cluster takes about ${Math.round(driver.roomBytes / 1e6)} MB. Free some room, or set LESSON_STATE_DIR to a folder on another disk. "lesson down --purge" removes this cluster.`,
      cause,
    });
  }
  if (cause instanceof UserError) return cause;
  return new UserError(`${what}: ${(cause as Error).message}`, { code: 'cluster', hint, cause });
}

/** In our own words, in those of the system, or at the end of a server's log. */
export function isDiskFull(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    code === 'ENOSPC' || code === 'EDQUOT' || code === '53100' || /No space left on device/i.test(message)
  );
}
