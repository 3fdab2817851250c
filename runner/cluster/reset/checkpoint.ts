// A copy of the databases `postgres` as a lesson has them at a moment: one for each cluster, until a reset goes back to the
// start of a lesson. Where anything else belongs to that moment, there is none.

import { withSuperuserClient } from '../../connect/superuser-client.ts';
import { BeyondReset } from './beyond-reset.ts';
import { type NodeAddress, withQuiescedServers } from './quiesced-servers.ts';
import { note, noteOf, type ResettableCluster } from './reset.ts';
import { endSessions, hasTraces, readContents } from './server-contents.ts';
import { checkpointName, putBackServer, takeSnapshot } from './snapshot.ts';
import { isLike, marksOf, trustedSnapshots } from './untouched.ts';

/** Ends all sessions. @returns False where a server has something outside of its databases: roles, slots, settings. */
export async function keepCheckpoint(cluster: ResettableCluster, signal: AbortSignal): Promise<boolean> {
  const noted = await noteOf(cluster).read();
  if (noted === undefined) return false;
  const found = await Promise.all(cluster.nodes.map((node) => contentsOf(node, signal)));
  if (found.some((contents) => hasTraces(contents) || contents.prepared.length > 0)) return false;
  const name = checkpointName(cluster.layout);
  const taken = await Promise.allSettled(
    cluster.nodes.map(({ address }) =>
      withSuperuserClient(address, { signal, database: 'template1' }, async (client) => {
        await endSessions(client, signal);
        await takeSnapshot(client, name, signal);
        return marksOf(await readContents(client)).snapshots[name]!;
      }),
    ),
  );
  // Only now is nothing under way on any of the servers.
  const stamps = await Promise.all(
    taken.map((each) => (each.status === 'fulfilled' ? each.value : Promise.reject(each.reason))),
  );
  const nodes = noted.nodes.map((marks, i) => ({
    ...marks,
    snapshots: { ...marks.snapshots, [name]: stamps[i]! },
  }));
  await noteOf(cluster).write({ ...noted, nodes });
  return true;
}

const contentsOf = ({ address }: NodeAddress, signal: AbortSignal) =>
  withSuperuserClient(address, { signal, database: 'template1' }, readContents);

/** @returns False where there is none that can be trusted, and where a server would have to start again. */
export async function restoreCheckpoint(cluster: ResettableCluster, signal: AbortSignal): Promise<boolean> {
  const noted = await noteOf(cluster).read();
  const name = checkpointName(cluster.layout);
  const trust = { noted: noted?.nodes, isFromNothing: false };
  try {
    return await withQuiescedServers(cluster.nodes, trust, signal, async (servers) => {
      const isUsable = servers.every(
        (server) => trustedSnapshots(server.found, server.noted).includes(name) && !server.found.needsRestart,
      );
      if (!isUsable) return false;
      const changed = servers.filter((server) => !isLike(name, noted, server));
      await Promise.all(
        changed.map((server) =>
          putBackServer(server, name, trustedSnapshots(server.found, server.noted), signal),
        ),
      );
      await note(cluster, servers, name);
      return true;
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BeyondReset) return false;
    throw error;
  }
}
