// A node of a cluster that must be up already: commands that look at it start none.
import { findLocal } from '../cluster/local/list.ts';
import type { Address } from '../cluster/types.ts';
import { UserError } from '../errors.ts';

/** The address of a node whose server runs. */
export async function runningNode(name: string, node: string): Promise<Address> {
  const cluster = await findLocal(name);
  const address = await cluster.address(node);
  const status = (await cluster.nodes()).find((each) => each.name === node);
  if (status?.state === 'up') return address;
  throw new UserError(`${node} is down`, { code: 'cluster', hint: 'Run "lesson up" to start it again.' });
}
