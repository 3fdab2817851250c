// Asks a cluster for all that its map shows. Every answer is optional: servers die and come back while it asks.

import { type Cluster, isFirst, type NodeStatus } from '../cluster/port.ts';
import { type Answers, placementKey } from './answers.ts';
import { askThroughCoordinator } from './ask-coordinator.ts';
import { askNodes } from './ask-nodes.ts';
import type { MapData, MapNode } from './map-data.ts';
import { type NodeConnections, openNodeConnections } from './node-connections.ts';
import { type Metadata, type RegisteredNode, readMetadata } from './read-metadata.ts';

export interface MapReader {
  /**
   * The cluster as it is now, in a few seconds at most. What does not answer is unknown in the result.
   * @throws UserError where there is no such cluster, and where the coordinator of somebody else's does not answer.
   */
  read(signal: AbortSignal): Promise<MapData>;
  close(): Promise<void>;
}

/** For who reads more than once: connections stay open in between. */
export function openMapReader(cluster: Cluster): MapReader {
  const connections = openNodeConnections(cluster);
  return { read: (signal) => read(cluster, connections, signal), close: () => connections.close() };
}

/** As `MapReader.read`, once. */
export async function readMap(cluster: Cluster, signal: AbortSignal): Promise<MapData> {
  const reader = openMapReader(cluster);
  try {
    return await reader.read(signal);
  } finally {
    await reader.close();
  }
}

async function read(cluster: Cluster, connections: NodeConnections, signal: AbortSignal): Promise<MapData> {
  const nodes = await cluster.nodes();
  const asked = nodes.filter((node) => isAsked(node, cluster));
  // All at once: connecting takes longest.
  const opening = new Map(asked.map(({ name }) => [name, connections.on(name, signal)]));
  const coordinator = nodes.find((node) => isFirst(node) && node.replacedBy === undefined);
  const connection = await opening.get(coordinator?.name ?? '');
  const reading: Promise<Metadata & { readonly failure?: string }> = connection
    ? readMetadata(connection, cluster.kind, nodes, signal).catch(({ message }) => unreadable(message))
    : Promise.resolve(
        unreadable(
          `${coordinator?.role === 'primary' ? 'the server' : 'the coordinator'} ${coordinator?.state === 'up' ? 'does not answer' : `is ${coordinator?.state}`}`,
        ),
      );
  const placements = reading.then((read) => read.placements);
  const answers =
    connection && cluster.kind === 'external'
      ? await askThroughCoordinator(connection, (await reading).nodes, signal)
      : await askNodes(opening, placements, signal);
  const metadata = await reading;
  signal.throwIfAborted();
  return {
    cluster: cluster.name,
    kind: cluster.kind,
    nodes: mapNodes(nodes, metadata.nodes, answers),
    tables: metadata.tables,
    placements: metadata.placements.map(({ table, shardId, node, range }) => {
      const { rows = null, bytes = null } = answers.sizes.get(placementKey(node, shardId)) ?? {};
      return { table, shardId, node, rows, bytes, ...(range && { range }) };
    }),
    ...(metadata.failure !== undefined && { metadataFailure: metadata.failure }),
  };
}

/** The workers of a cluster that is somebody else's may be out of reach from here. */
function isAsked({ role, state, replacedBy }: NodeStatus, { kind }: Cluster): boolean {
  if (state !== 'up' || replacedBy !== undefined) return false;
  return kind === 'external' ? role === 'coordinator' : role !== 'standby';
}

const unreadable = (why: string): Metadata & { readonly failure?: string } => ({
  nodes: [],
  tables: [],
  placements: [],
  failure: `The metadata cannot be read: ${why}.`,
});

/** Those of the port, then those that only the metadata has. */
function mapNodes(
  nodes: readonly NodeStatus[],
  registered: readonly RegisteredNode[],
  { replications, unreachable }: Answers,
): readonly MapNode[] {
  const known = nodes.map(({ name, role, state, follows, replacedBy }): MapNode => {
    const isActive = registered.find((node) => node.name === name)?.isActive;
    const replication = follows === undefined ? undefined : replications.get(name);
    return {
      name,
      role,
      state: unreachable.has(name) ? 'down' : state,
      ...(isActive !== undefined && { isActive }),
      ...(follows !== undefined && { follows }),
      ...(replacedBy !== undefined && { replacedBy }),
      ...(replication && { replication }),
    };
  });
  const others = registered.filter(({ name }) => nodes.every((node) => node.name !== name));
  return [
    ...known,
    ...others.map(({ name, isActive }): MapNode => ({ name, role: 'worker', state: 'down', isActive })),
  ];
}
