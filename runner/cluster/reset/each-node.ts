import type { Client } from 'pg';
import { withClient } from '../connect/client.ts';
import type { Address } from '../port.ts';

/** A node of a cluster and how it is reached. */
export interface Member {
  readonly name: string;
  readonly address: Address;
}

/** All nodes at once, from a database that is not to be dropped, copied or left in use. */
export async function onEachNode(
  members: readonly Member[],
  signal: AbortSignal,
  use: (client: Client, index: number) => Promise<unknown>,
): Promise<void> {
  await Promise.all(
    members.map(({ address }, i) =>
      withClient(address, { signal, database: 'template1' }, (client) => use(client, i)),
    ),
  );
}
