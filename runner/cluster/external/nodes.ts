// The nodes of a cluster that is somebody else's: what its coordinator says of them, under the names that lessons use.

import type { Address } from '../../connect/address.ts';
import { withClient } from '../../connect/client.ts';
import type { Location } from '../../connect/location.ts';
import { reach } from '../../connect/reach.ts';
import { UserError } from '../../errors.ts';
import type { NodeStatus } from '../port.ts';

interface Worker {
  readonly name: string;
  /** As clients reach it, as far as the metadata can tell. */
  readonly host: string;
  readonly port: number;
  readonly isActive: boolean;
}

/** `worker-1` is the one that was registered first. */
export async function readWorkers(coordinator: Address, signal: AbortSignal): Promise<readonly Worker[]> {
  return withClient(coordinator, { signal }, async (client) => {
    const { rows } = await client.query(`
      SELECT nodename, nodeport, isactive, current_setting('lesson.addresses', true) AS addresses
        FROM pg_dist_node
       WHERE groupid <> 0
         AND noderole = 'primary'
       ORDER BY nodeid`);
    return rows.map(({ nodename, nodeport, isactive, addresses }, i) => {
      const { host, port } = mapped(addresses, nodename) ?? { host: nodename, port: nodeport };
      // To the coordinator: itself. A socket leads to this machine.
      const isBeside = /^(localhost|127\.[\d.]+|::1)$/.test(host) && !coordinator.host.startsWith('/');
      return { name: `worker-${i + 1}`, host: isBeside ? coordinator.host : host, port, isActive: isactive };
    });
  });
}

/** The built-in engine knows servers by names that only it resolves: `worker-1=127.0.0.1:20001 …` */
function mapped(addresses: string | null, name: string) {
  const entry = addresses?.split(' ').find((each) => each.startsWith(`${name}=`));
  const [, host, port] = /=(.*):(\d+)$/.exec(entry ?? '') ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

export async function statusOf(coordinator: Address, signal: AbortSignal): Promise<readonly NodeStatus[]> {
  const workers = await readWorkers(coordinator, signal);
  return [
    { name: 'coordinator', role: 'coordinator', state: 'up', address: coordinator },
    ...workers.map(({ name, host, port, isActive }): NodeStatus => {
      return {
        name,
        role: 'worker',
        state: isActive ? 'up' : 'down',
        address: { ...coordinator, host, port },
      };
    }),
  ];
}

/** @throws UserError for an unknown name, and for a worker that only the coordinator can reach. */
export async function reachWorker(
  node: string,
  coordinator: Address,
  location: Location,
  signal: AbortSignal,
): Promise<Address> {
  const workers = await readWorkers(coordinator, signal);
  const worker = workers.find(({ name }) => name === node);
  if (worker === undefined) {
    const known = ['coordinator', ...workers.map(({ name }) => name)].join(', ');
    throw new UserError(`unknown node "${node}" in the cluster; known: ${known}`, { code: 'cluster' });
  }
  return reach(location, signal, worker).catch((cause: UserError) => {
    signal.throwIfAborted();
    throw new UserError(`${node} cannot be reached from here: ${cause.message}`, {
      code: 'cluster',
      hint: 'That is its address in the metadata of the coordinator. Run the lesson where it can be reached, or on another cluster: "--cluster local".',
      cause,
    });
  });
}
