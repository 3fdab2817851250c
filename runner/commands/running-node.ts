// A node of a cluster that must be up already: commands that look at it start none.

import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import type { Address } from '../connect/address.ts';
import { UserError } from '../errors.ts';

/** The address of a node whose server runs. */
export async function runningNode(options: ProviderOptions, node: string): Promise<Address> {
  const cluster = await (await findProvider(options)).find(options.name);
  const address = await cluster.address(node);
  const nodes = await cluster.nodes();
  // By its address: "coordinator" may mean a standby that was promoted.
  const status = nodes.find(
    (each) => each.address.host === address.host && each.address.port === address.port,
  );
  if (status?.state === 'up') return address;
  throw new UserError(`${node} is ${status?.state ?? 'down'}`, {
    code: 'cluster',
    hint:
      status?.state === 'paused' ? `Run "lesson node resume ${node}".` : 'Run "lesson up" to start it again.',
  });
}
