// `lesson down`: stops the servers of a cluster, also of one that is broken; with `purge` nothing of it remains.
import { stat } from 'node:fs/promises';
import { UserError } from '../../../errors.ts';
import { withLock } from '../../../system/lock.ts';
import { openStateFolder } from '../../../system/state-folder.ts';
import type { Down, DownOptions } from '../../provider.ts';
import { discard, foundNodes } from './discard.ts';
import { clusterDir, dataDir } from './record.ts';
import { stopServer } from './server.ts';
import { together } from './together.ts';

export interface LocalDownOptions extends DownOptions {
  readonly stateDir?: string;
}

/** @throws UserError where there is no cluster of that name, or a server does not stop. */
export async function downLocal(name: string, { purge, stateDir, signal }: LocalDownOptions): Promise<Down> {
  const home = await openStateFolder(stateDir);
  const dir = clusterDir(home, name);
  return withLock(home, `up.${name}`, 'lesson down', { signal, timeoutMs: 120_000 }, async () => {
    if (!(await stat(dir).catch(() => undefined))) throw unknownCluster(name);
    const nodes = await foundNodes(dir);
    const mode = purge ? 'immediate' : 'fast';
    const ends = await together(
      nodes.map((node) => stopServer(home, { node, dataDir: dataDir(dir, node) }, mode, signal)),
    );
    if (purge) await discard(home, dir, signal);
    return { stopped: nodes.filter((_, i) => ends[i] === 'stopped') };
  });
}

function unknownCluster(name: string): UserError {
  return new UserError(`there is no cluster "${name}"`, {
    code: 'cluster',
    hint: '"lesson status" lists them.',
  });
}
