// The sessions of one lesson: one for each node, one for each `as=`; they stay open over steps.
import { type Connection, connect } from '../cluster/connection.ts';
import type { Cluster } from '../cluster/types.ts';

export interface Sessions {
  /** The open session, or a new one; `reopened` where an earlier one was lost. */
  get(node: string, name?: string): Promise<{ readonly connection: Connection; readonly reopened: boolean }>;
  closeAll(): Promise<void>;
}

export function openSessions(cluster: Cluster): Sessions {
  const open = new Map<string, Connection>();

  return {
    async get(node, name = '') {
      const key = JSON.stringify([node, name]);
      const known = open.get(key);
      if (known !== undefined && !known.lost) return { connection: known, reopened: false };
      const connection = await connect(await cluster.address(node));
      open.set(key, connection);
      return { connection, reopened: known !== undefined };
    },
    async closeAll() {
      const connections = [...open.values()];
      open.clear();
      await Promise.allSettled(connections.map((connection) => connection.close()));
    },
  };
}
