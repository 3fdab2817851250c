// A cluster, put back to the state in which every lesson starts.

import pg from 'pg';
import type { ResetOptions } from '../port.ts';
import { BeyondReset } from '../reset/beyond-reset.ts';
import { restoreInitialTopology } from './initial-topology.ts';
import { repairing } from './repair.ts';
import type { Plot } from './site.ts';

/** Whatever the last lesson did to its servers. @throws UserError where `init.sql` fails. */
export async function resetCluster(plot: Plot, options: ResetOptions): Promise<void> {
  const { signal } = options;
  await repairing(plot, signal, async () => {
    try {
      const site = await restoreInitialTopology(plot, signal);
      await site.sql.resetDatabases(site, options);
      await site.machines.copies?.remove();
    } catch (error) {
      throw error instanceof pg.DatabaseError ? new BeyondReset(error) : error;
    }
  });
}

/** @returns False where its servers, too, have changed in a way that only a reset repairs. */
export async function restoreClusterCheckpoint(plot: Plot, signal: AbortSignal): Promise<boolean> {
  try {
    const site = await restoreInitialTopology(plot, signal);
    return await site.sql.restoreCheckpoint(site, signal);
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
