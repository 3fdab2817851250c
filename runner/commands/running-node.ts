// A node of a cluster that must be up already: commands that look at it start none.

import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import type { Cluster, NodeStatus } from '../cluster/port.ts';
import type { Address } from '../connect/address.ts';
import { UserError } from '../errors.ts';
import { nearest } from '../lesson/nearest.ts';

/** The address of a node whose server runs. */
export async function runningNode(options: ProviderOptions, node: string): Promise<Address> {
  const cluster = await (await findProvider(options)).find(options.name);
  const nodes = await cluster.nodes();
  refuseMisspelled(node, nodes, cluster);
  const address = await cluster.address(node);
  // By its address: "coordinator" may mean a standby that was promoted.
  const status = nodes.find(
    (each) => each.address.host === address.host && each.address.port === address.port,
  );
  if (status?.state === 'up') return address;
  refuseStopped(nodes, cluster);
  throw new UserError(`${node} is ${status?.state ?? 'down'}`, {
    code: 'cluster',
    hint:
      status?.state === 'paused' ? `Run "lesson node resume ${node}".` : 'Run "lesson up" to start it again.',
  });
}

type Named = Pick<Cluster, 'name'>;

/** @throws UserError where no server of the cluster runs. */
export function refuseStopped(nodes: readonly NodeStatus[], { name }: Named): void {
  if (nodes.some(({ state }) => state !== 'down')) return;
  throw new UserError(`the cluster "${name}" is stopped`, {
    code: 'cluster',
    hint: `Run "lesson up${name === 'default' ? '' : ` --name ${name}`}" to start it.`,
  });
}

/** @throws UserError for a node that is not there and has the name of one but for a slip; any other is the cluster's to refuse. */
export function refuseMisspelled(node: string, nodes: readonly NodeStatus[], { name }: Named): void {
  const names = nodes.map((each) => each.name);
  if (names.includes(node)) return;
  // Whoever writes worker-9 does not mean worker-1.
  const lettersOf = (text: string) => text.replace(/\d+/g, '#');
  const [meant] = nearest(node, names);
  if (meant === undefined || lettersOf(meant) === lettersOf(node)) return;
  const known = names.join(', ');
  throw new UserError(
    `unknown node "${node}" in the cluster "${name}"; did you mean "${meant}"? known: ${known}`,
    {
      code: 'cluster',
    },
  );
}
