// The locks of a cluster: `up` is for whoever changes its servers, `run` for whoever runs lessons on it.
import { findHolder, type Holder, lockedBy, withLock } from '../../system/lock.ts';
import { existingSite, type Plot, type Site } from './site.ts';

/** How long to wait for others who change the servers, in milliseconds. */
const waitMs = 300_000;

export const lockOf = ({ driver, name }: Pick<Plot, 'driver' | 'name'>, use: 'up' | 'run'): string =>
  driver.kind === 'local' ? `${use}.${name}` : `${use}.${name}@${driver.kind}`;

/** Runs `use` while nobody else changes the servers. @param what What others read who wait: `lesson up`. */
export function exclusively<T>(
  plot: Plot,
  what: string,
  signal: AbortSignal,
  use: () => Promise<T>,
): Promise<T> {
  return withLock(plot.state, lockOf(plot, 'up'), what, { signal, timeoutMs: waitMs }, use);
}

/** As `exclusively`, with the cluster as it is then. @throws UserError where there is none. */
export function withSite<T>(
  plot: Plot,
  what: string,
  signal: AbortSignal,
  use: (site: Site) => Promise<T>,
): Promise<T> {
  return exclusively(plot, what, signal, async () => use(await existingSite(plot, signal)));
}

export const findRunner = (plot: Plot): Promise<Holder | undefined> =>
  findHolder(plot.state, lockOf(plot, 'run'));

/**
 * @param whose `others`: a run of this process does not count, for it is what asks.
 * @throws UserError where lessons run on the cluster, which is not to be replaced under their feet.
 */
export async function refuseWhileRunning(plot: Plot, whose: 'all' | 'others'): Promise<void> {
  const runner = await findRunner(plot);
  if (runner && (whose === 'all' || runner.pid !== process.pid)) throw lockedBy(runner);
}
