// PostgreSQL has no quota for a role: the size of the databases is looked at while an answer runs.
import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster, NodeStatus } from '../cluster/port.ts';
import { withSuperuserClient } from '../connect/superuser-client.ts';

const everyMs = 250;
const sizeSql = 'SELECT pg_database_size(current_database()) AS bytes';

/**
 * @param onFull Is called once, when the databases of all nodes have grown by more than so many MB.
 * @returns Ends the watch.
 */
export async function watchDisk(
  cluster: Cluster,
  mb: number,
  onFull: () => Promise<void>,
): Promise<() => Promise<void>> {
  const ended = new AbortController();
  const { signal } = ended;
  const growth = new Map<string, number>();
  let isFull = false;

  const watch = ({ name, address }: NodeStatus): Promise<void> =>
    withSuperuserClient(address, { signal, database: address.database }, async (client) => {
      const size = async () => Number((await client.query(sizeSql)).rows[0].bytes);
      const before = await size();
      while (!isFull) {
        await pause(everyMs, undefined, { signal });
        growth.set(name, (await size()) - before);
        const total = [...growth.values()].reduce((sum, bytes) => sum + bytes, 0);
        if (isFull || total <= mb * 1_000_000) continue;
        isFull = true;
        await onFull();
      }
    }).catch(() => {}); // ended, or a server that ended

  const up = (await cluster.nodes()).filter(({ state }) => state === 'up');
  const watching = Promise.all(up.map(watch));
  return async () => {
    ended.abort();
    await watching;
  };
}
