// PostgreSQL has no quota for a role: the size of the databases is looked at while an answer runs.
import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../cluster/port.ts';
import { withSuperuserClient } from '../cluster/reset/superuser-client.ts';

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
  const up = (await cluster.nodes()).filter(({ state }) => state === 'up');
  const sizes = () =>
    Promise.all(
      up.map(({ address }) =>
        withSuperuserClient(address, { signal, database: address.database }, async (client) => {
          const { rows } = await client.query(sizeSql);
          return Number(rows[0].bytes);
        }),
      ),
    );
  const sum = async () => (await sizes()).reduce((total, bytes) => total + bytes, 0);
  const before = await sum();
  const watching = (async () => {
    while (!signal.aborted) {
      await pause(everyMs, undefined, { signal });
      if ((await sum()) - before > mb * 1_000_000) return onFull();
    }
  })().catch(() => {}); // ended, or a server that ended
  return async () => {
    ended.abort();
    await watching;
  };
}
