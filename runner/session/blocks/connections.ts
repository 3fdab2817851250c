// The sessions of one lesson on its servers: one for each node, one for each `as=`; they stay open over steps.

import type { Cluster } from '../../cluster/port.ts';
import type { Connection } from '../../connect/connection.ts';
import { UserError } from '../../errors.ts';

export interface Connections {
  /** The open session, or a new one; `reopened` where an earlier one was lost. */
  open(node: string, name?: string): Promise<{ readonly connection: Connection; readonly reopened: boolean }>;
  /** Those that are open, or were lost. */
  all(): readonly NamedConnection[];
  closeAll(): Promise<void>;
}

export interface NamedConnection {
  readonly node: string;
  readonly name: string;
  readonly connection: Connection;
}

/** @param prepare Is called with each session when it is new. */
export function openConnections(
  cluster: Pick<Cluster, 'connect'>,
  prepare: (connection: Connection) => Promise<void> = async () => {},
): Connections {
  const open = new Map<string, NamedConnection>();

  return {
    async open(node, name = '') {
      const key = JSON.stringify([node, name]);
      const known = open.get(key)?.connection;
      if (known !== undefined && !known.lost) return { connection: known, reopened: false };
      const connection = await cluster.connect(node).catch((cause: Error) => {
        if (cause instanceof UserError) throw cause;
        throw new UserError(`${node} does not answer: ${cause.message}`, {
          code: 'cluster',
          hint: 'Run "lesson status" to see which servers run, "lesson up" to start them.',
          cause,
        });
      });
      await prepare(connection);
      open.set(key, { node, name, connection });
      return { connection, reopened: known !== undefined };
    },
    all: () => [...open.values()],
    async closeAll() {
      const connections = [...open.values()];
      open.clear();
      await Promise.allSettled(connections.map(({ connection }) => connection.close()));
    },
  };
}
