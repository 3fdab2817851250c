// A cluster that must be there already: commands that look at it start none.
import { findLocal, listLocal } from '../cluster/local/list.ts';
import type { Address, Cluster } from '../cluster/types.ts';
import { UserError } from '../errors.ts';

export async function knownCluster(name: string): Promise<Cluster> {
  const cluster = await findLocal(name);
  if (cluster !== undefined) return cluster;
  const names = (await listLocal()).map((each) => `"${each.name}"`).join(', ');
  throw new UserError(`there is no cluster "${name}"${names === '' ? '' : `; there is ${names}`}`, {
    code: 'cluster',
    hint: `Run "lesson up${name === 'default' ? '' : ` --name ${name}`}" to start it.`,
  });
}

/** The address of a node whose server runs. */
export async function runningNode(name: string, node: string): Promise<Address> {
  const cluster = await knownCluster(name);
  const address = await cluster.address(node);
  const status = (await cluster.nodes()).find((each) => each.name === node);
  if (status?.state === 'up') return address;
  throw new UserError(`${node} is down`, { code: 'cluster', hint: 'Run "lesson up" to start it again.' });
}
