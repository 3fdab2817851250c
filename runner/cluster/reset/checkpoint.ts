// A copy of the databases `postgres` as a lesson has them at a moment: one for each cluster, until a reset goes back to the
// start of a lesson. Where anything else belongs to that moment, there is none.

import { withSuperuserClient } from '../../connect/superuser-client.ts';
import { allEnded } from '../../system/all-ended.ts';
import { BeyondReset } from './beyond-reset.ts';
import { withQuiescedServers } from './quiesced-servers.ts';
import { note, type ResettableCluster } from './reset.ts';
import { endSessions, hasTraces, readContents, readContentsAt } from './server-contents.ts';
import { checkpointName, putBackServer, takeSnapshot } from './snapshot.ts';
import { marksOf } from './untouched.ts';

/** Ends all sessions. @returns False where a server has something outside of its databases: roles, slots, settings. */
export async function keepCheckpoint(cluster: ResettableCluster, signal: AbortSignal): Promise<boolean> {
  const noted = await cluster.note.read();
  if (noted === undefined) return false;
  const found = await Promise.all(cluster.nodes.map(({ address }) => readContentsAt(address, signal)));
  if (found.some((contents) => hasTraces(contents) || contents.prepared.length > 0)) return false;
  const name = checkpointName(cluster.layout);
  // Where one fails, nothing is under way on any of the servers afterwards.
  const stamps = await allEnded(
    cluster.nodes.map(({ address }) =>
      withSuperuserClient(address, { signal, database: 'template1' }, async (client) => {
        await endSessions(client, signal);
        await takeSnapshot(client, name, signal);
        return marksOf(await readContents(client)).snapshots[name]!;
      }),
    ),
  );
  const nodes = noted.nodes.map((marks, i) => ({
    ...marks,
    snapshots: { ...marks.snapshots, [name]: stamps[i]! },
  }));
  await cluster.note.write({ ...noted, nodes });
  return true;
}

/** @returns False where there is none that can be trusted, and where a server would have to start again. */
export async function restoreCheckpoint(cluster: ResettableCluster, signal: AbortSignal): Promise<boolean> {
  const noted = await cluster.note.read();
  const name = checkpointName(cluster.layout);
  const trust = { noted: noted?.nodes, isFromNothing: false };
  try {
    return await withQuiescedServers(cluster.nodes, trust, signal, async (servers) => {
      const isUsable = servers.every(({ trusted, found }) => trusted.includes(name) && !found.needsRestart);
      if (!isUsable) return false;
      const changed = servers.filter(({ isUntouched }) => !isUntouched || noted?.snapshot !== name);
      await Promise.all(changed.map((server) => putBackServer(server, name, server.trusted, signal)));
      await note(cluster, servers, name);
      return true;
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BeyondReset) return false;
    throw error;
  }
}
