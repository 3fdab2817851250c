// A cluster of ours behind the port: looks each time, so that it is never wrong about what another command did.

import { connect } from '../../connect/connection.ts';
import { holdRun } from '../../system/lock.ts';
import type { Machine } from '../drivers/driver.ts';
import { withEngineLimits } from '../engine-limits.ts';
import type { Cluster, NodeStatus, ResetOptions } from '../port.ts';
import { serverCheckpoint } from './checkpoint.ts';
import { lockOf } from './locks.ts';
import { addressOf } from './node-commands.ts';
import { coordinatorOf, findNode, type NodeRecord } from './node-record.ts';
import { nodeVerbs } from './node-verbs.ts';
import { existingSite, type Ground, plotOf, unrecordedMachines } from './site.ts';

const { signal: never } = new AbortController();

/** The cluster of that name; that there is one shows when it is asked something. */
export function openCluster(ground: Ground, name: string): Cluster {
  const plot = plotOf(ground, name);
  const { kind } = ground.driver;
  const site = () => existingSite(plot, never);
  const { byHand, list } = unrecordedMachines(plot);
  // At once: each takes a process where the machines are containers.
  const look = () => Promise.all([site(), list(never)]);
  const address = async (node: string) => {
    const [{ record }, machines] = await look();
    const { nodes, password } = record;
    const found = node === 'coordinator' ? coordinatorOf(nodes) : findNode(name, nodes, node);
    return addressOf(machines.find((machine) => machine.node === found.name) ?? nowhere, password);
  };
  return {
    kind,
    name,
    ...(byHand !== undefined && { byHand }),
    async nodes() {
      const [{ record }, machines] = await look();
      return nodeStatuses(record.nodes, record.password, machines);
    },
    address,
    async connect(node) {
      const connection = await connect(await address(node));
      return kind === 'local' ? withEngineLimits(connection, () => address('coordinator')) : connection;
    },
    async initialWorkers() {
      return (await site()).record.workers;
    },
    async log(node, lines) {
      const { record, machines } = await site();
      findNode(name, record.nodes, node);
      return machines.log(node, lines, never);
    },
    async reset(options: ResetOptions) {
      const { resetCluster } = await import('./reset.ts');
      await resetCluster(plot, options);
    },
    checkpoints: {
      databases: {
        async keep(signal) {
          const current = await existingSite(plot, signal);
          return current.sql.keepCheckpoint(current, signal);
        },
        async restore(signal) {
          const { restoreClusterCheckpoint } = await import('./reset.ts');
          return restoreClusterCheckpoint(plot, signal);
        },
      },
      servers: serverCheckpoint(plot),
    },
    holdRun: (holder) => holdRun(plot.state, lockOf(plot, 'run'), holder),
    servers: nodeVerbs(plot),
  };
}

/** Nobody listens there: a server that is gone refuses to be connected to. */
const nowhere = { host: '127.0.0.1', port: 1 };

export function nodeStatuses(
  nodes: readonly NodeRecord[],
  password: string,
  machines: readonly Machine[],
): readonly NodeStatus[] {
  return nodes.map(({ name, role, follows, replacedBy }) => {
    const machine = machines.find(({ node }) => node === name);
    return {
      name,
      role,
      ...(follows && { follows: follows.of }),
      ...(replacedBy && { replacedBy }),
      state: stateOf(machine),
      ...(machine?.pid !== undefined && { pid: machine.pid }),
      address: addressOf(machine ?? nowhere, password),
    };
  });
}

function stateOf(machine: Machine | undefined): NodeStatus['state'] {
  switch (machine?.state) {
    case 'up':
    case 'paused':
      return machine.state;
    case 'starting':
    case 'stopped':
    case 'killed':
    case 'crashed':
    case 'empty':
    case undefined:
      return 'down';
  }
}
