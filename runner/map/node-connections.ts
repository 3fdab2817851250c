// Connections to the nodes of a cluster, one for each, kept from one reading of the map to the next.

import type { Cluster } from '../cluster/port.ts';
import type { Connection } from '../connect/connection.ts';

export interface NodeConnections {
  /** Undefined where the node does not answer soon. */
  on(node: string, signal: AbortSignal): Promise<Connection | undefined>;
  close(): Promise<void>;
}

const timeoutMs = 2_000;

export function openNodeConnections(cluster: Cluster): NodeConnections {
  const open = new Map<string, Connection>();
  return {
    async on(node, signal) {
      const known = open.get(node);
      if (known !== undefined && !known.lost) return known;
      const connection = await connectSoon(cluster, node, signal);
      if (connection === undefined) open.delete(node);
      else open.set(node, connection);
      return connection;
    },
    async close() {
      await Promise.allSettled([...open.values()].map((connection) => connection.close()));
    },
  };
}

/** A server that was paused just now takes connections and says nothing. A connection that comes late is closed. */
async function connectSoon(
  cluster: Cluster,
  node: string,
  signal: AbortSignal,
): Promise<Connection | undefined> {
  let giveUp = () => {};
  const late = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined);
  });
  const timer = setTimeout(giveUp, timeoutMs);
  signal.addEventListener('abort', giveUp, { once: true });
  const connecting = cluster.connect(node).catch(() => undefined);
  const connection = await Promise.race([connecting, late]);
  clearTimeout(timer);
  signal.removeEventListener('abort', giveUp);
  if (connection === undefined) void connecting.then((opened) => opened?.close());
  return connection;
}
