// A cluster that is somebody else's, behind the port: lessons have one database of it.

import type { Address } from '../../connect/address.ts';
import { connect } from '../../connect/connection.ts';
import type { Location } from '../../connect/location.ts';
import { reach } from '../../connect/reach.ts';
import { UserError } from '../../errors.ts';
import type { Cluster, ResetOptions } from '../port.ts';
import { holdDatabase } from './hold.ts';
import { reachWorker, statusOf } from './nodes.ts';
import { leaveDatabase, resetDatabase } from './reset.ts';

/** How long it may take to leave nothing behind. */
const leaveMs = 60_000;

const { signal: never } = new AbortController();

export interface ExternalOptions {
  readonly name: string;
  readonly location: Location;
  /** Is told what could not be cleaned up. */
  readonly report: (message: string) => void;
}

/** Whether the server answers shows when it is asked something. */
export function openCluster({ name, location, report }: ExternalOptions): Cluster {
  const { host, port, database } = location;
  const reached = new Map<string, Promise<Address>>();
  const remember = (node: string, find: () => Promise<Address>) => {
    const address = reached.get(node) ?? find();
    reached.set(node, address);
    // A worker that cannot be reached is not tried again and again: each attempt may take seconds.
    if (node === 'coordinator') address.catch(() => reached.delete(node));
    else address.catch(() => {});
    return address;
  };
  const coordinator = () => remember('coordinator', () => reach(location, never));
  const address = async (node: string) => {
    const first = await coordinator();
    if (node === 'coordinator') return first;
    return remember(node, () => reachWorker(node, first, location, never));
  };
  const nodes = async () => statusOf(await coordinator(), never);
  return {
    kind: 'external',
    name,
    caution: `Lessons create tables in the database "${database}" at ${host}:${port} and drop them afterward.`,
    nodes,
    async unreachable() {
      const workers = (await nodes()).filter(({ name, state }) => name !== 'coordinator' && state === 'up');
      const answers = await Promise.allSettled(workers.map(({ name }) => address(name)));
      return workers.find((_, at) => answers[at]!.status === 'rejected')?.name;
    },
    address,
    connect: async (node) => connect(await address(node)),
    async log() {
      throw new UserError(
        `the logs of the cluster "${name}" are not available: its servers are not managed by lesson`,
        {
          code: 'cluster',
        },
      );
    },
    async reset(options: ResetOptions) {
      await resetDatabase(await coordinator(), options);
    },
    async holdRun(holder) {
      const address = await coordinator();
      const release = await holdDatabase(address, holder);
      return async () => {
        await leaveDatabase(address, AbortSignal.timeout(leaveMs)).catch((error: Error) =>
          report(
            `Could not remove everything that lessons created: ${error.message}. The next run there will remove it.`,
          ),
        );
        await release();
      };
    },
  };
}
