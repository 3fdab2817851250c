import type { Client } from 'pg';
import { withClient } from '../client.ts';
import { addressOf } from '../local/cluster.ts';
import type { ClusterRecord } from '../local/record.ts';

/** All nodes at once, from a database that is not to be dropped, copied or left in use. */
export async function onEachNode(
  { nodes, password }: ClusterRecord,
  signal: AbortSignal,
  use: (client: Client, index: number) => Promise<unknown>,
): Promise<void> {
  await Promise.all(
    nodes.map((node, i) =>
      withClient(addressOf(node, password), { signal, database: 'template1' }, (client) => use(client, i)),
    ),
  );
}
