// A cluster in Docker behind the port: asks Docker each time, so that it is never wrong about what somebody else did.

import { holdRun } from '../../../system/lock.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import { coordinatorOf, findNode, statusBase } from '../../orchestration/node-record.ts';
import type { Cluster, NodeStatus, ResetOptions } from '../../port.ts';
import { addressOf } from './address.ts';
import { type Container, lastLines, listContainers } from './containers.ts';
import { containerOf } from './project.ts';
import { type ClusterRecord, existingRecord } from './record.ts';
import { dockerServers } from './servers.ts';

const { signal: never } = new AbortController();

/** The cluster of that name; that there is one shows when it is asked something. */
export function openCluster(home: StateFolder, name: string): Cluster {
  const record = () => existingRecord(home, name);
  return {
    kind: 'docker',
    name,
    byHand: `docker exec -it ${containerOf(name, 'coordinator')} psql -U postgres`,
    async nodes() {
      const known = await record();
      return nodeStatuses(known, await listContainers(name, never));
    },
    async address(node) {
      const known = await record();
      const found = node === 'coordinator' ? coordinatorOf(known) : findNode(name, known, node);
      const containers = await listContainers(name, never);
      return addressOf(
        known.password,
        containers.find((each) => each.node === found.name),
      );
    },
    async baseWorkers() {
      return (await record()).workers;
    },
    async log(node, lines) {
      findNode(name, await record(), node);
      const isThere = (await listContainers(name, never)).some((each) => each.node === node);
      return isThere ? lastLines(name, node, lines, never) : [];
    },
    async reset(options: ResetOptions) {
      const { resetCluster } = await import('./reset.ts');
      await resetCluster(home, name, options);
    },
    holdRun: (holder) => holdRun(home, lockOf('run', name), holder),
    async close() {},
    servers: dockerServers(home, name),
  };
}

export function nodeStatuses(
  { nodes, password }: ClusterRecord,
  containers: readonly Container[],
): readonly NodeStatus[] {
  return nodes.map((node) => {
    const container = containers.find((each) => each.node === node.name);
    return { ...statusBase(node), state: stateOf(container), address: addressOf(password, container) };
  });
}

/** A server that is on no network can be reached by nobody. */
export function stateOf(container: Container | undefined): NodeStatus['state'] {
  if (container?.port === undefined) return 'down';
  if (container.state === 'paused') return 'paused';
  return container.state === 'running' ? 'up' : 'down';
}

/** Locks of a cluster of another kind with this name are others. */
export const lockOf = (use: 'up' | 'run', name: string): string => `${use}.${name}@docker`;
