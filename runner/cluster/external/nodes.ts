// The nodes of a cluster that is somebody else's: what its coordinator says of them, under the names that lessons use.

import type { Address } from '../../connect/address.ts';
import { withClient } from '../../connect/client.ts';
import type { Location } from '../../connect/location.ts';
import { reach } from '../../connect/reach.ts';
import { UserError } from '../../errors.ts';
import type { NodeStatus } from '../port.ts';

/** `worker-1` is the one that was registered first; addresses as clients reach them, as far as the metadata can tell. */
export async function statusOf(coordinator: Address, signal: AbortSignal): Promise<readonly NodeStatus[]> {
  const { rows } = await withClient(coordinator, { signal }, (client) =>
    client.query(`
      SELECT nodename, nodeport, isactive, current_setting('lesson.addresses', true) AS addresses
        FROM pg_dist_node
       WHERE groupid <> 0
         AND noderole = 'primary'
       ORDER BY nodeid`),
  );
  const workers = rows.map(({ nodename, nodeport, isactive, addresses }, i): NodeStatus => {
    const { host, port } = mapped(addresses, nodename) ?? { host: nodename, port: nodeport };
    // To the coordinator: itself. A socket leads to this machine.
    const isBeside = /^(localhost|127\.[\d.]+|::1)$/.test(host) && !coordinator.host.startsWith('/');
    const address = { ...coordinator, host: isBeside ? coordinator.host : host, port };
    return { name: `worker-${i + 1}`, role: 'worker', state: isactive ? 'up' : 'down', address };
  });
  return [{ name: 'coordinator', role: 'coordinator', state: 'up', address: coordinator }, ...workers];
}

/** The built-in engine knows servers by names that only it resolves: `worker-1=127.0.0.1:20001 …` */
function mapped(addresses: string | null, name: string) {
  const entry = addresses?.split(' ').find((each) => each.startsWith(`${name}=`));
  const [, host, port] = /=(.*):(\d+)$/.exec(entry ?? '') ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

/** @throws UserError for an unknown name, and for a worker that only the coordinator can reach. */
export async function reachWorker(
  node: string,
  coordinator: Address,
  location: Location,
  signal: AbortSignal,
): Promise<Address> {
  const nodes = await statusOf(coordinator, signal);
  const worker = nodes.find(({ name }) => name === node);
  if (worker === undefined) {
    const known = nodes.map(({ name }) => name).join(', ');
    throw new UserError(`unknown node "${node}" in the cluster; known: ${known}`, { code: 'cluster' });
  }
  return reach(location, signal, worker.address).catch((cause: UserError) => {
    signal.throwIfAborted();
    throw new UserError(`${node} cannot be reached from here: ${cause.message}`, {
      code: 'cluster',
      hint: 'That is its address in the metadata of the coordinator. Run the lesson where it can be reached, or on another cluster: "--cluster local".',
      cause,
    });
  });
}
