// Throws a cluster away, whole or half-made.
import { readdir, rm, stat } from 'node:fs/promises';
import type { StateFolder } from '../../../system/state-folder.ts';
import { dataDir, halfDir, removeRecord } from './record.ts';
import { stopServer } from './server.ts';
import { endSurvivors } from './survivors.ts';
import { together } from './together.ts';

/** Ends what runs there and removes the folder. */
export async function discard(home: StateFolder, dir: string, signal: AbortSignal): Promise<void> {
  await removeRecord(dir);
  const nodes = await foundNodes(dir);
  await together(
    nodes.map((node) => stopServer(home, { node, dataDir: dataDir(dir, node) }, 'immediate', signal)),
  );
  for (const node of nodes) await endSurvivors(home, dataDir(dir, node), signal);
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
}

/** The nodes that have data in the folder of a cluster, or half of it, recorded or not. */
export async function foundNodes(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir).catch(() => []);
  const hasData = await Promise.all(
    entries.map((entry) =>
      Promise.any([dataDir(dir, entry), halfDir(dir, entry)].map((data) => stat(data))).then(
        () => true,
        () => false,
      ),
    ),
  );
  return entries.filter((_, i) => hasData[i]);
}
