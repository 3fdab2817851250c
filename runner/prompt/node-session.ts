// The session of `lesson psql`: on one node, opened again where it was lost, and moved by `\c`.
import { type Cluster, isFirst } from '../cluster/port.ts';
import type { Connection } from '../connect/connection.ts';
import { UserError } from '../errors.ts';
import { nearest } from '../lesson/nearest.ts';
import type { Commands } from './client.ts';

export interface NodeSession {
  readonly node: string;
  /** @throws UserError where the node does not answer. */
  readonly connection: (signal: AbortSignal) => Promise<Connection>;
  /** @throws UserError where there is no such node, or it does not answer; the session stays where it was. */
  readonly moveTo: (node: string, signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
}

export function openNodeSession(cluster: Cluster, firstNode: string): NodeSession {
  let node = firstNode;
  let current: Connection | undefined;
  const moveTo = async (next: string, signal: AbortSignal) => {
    const opened = await connectTo(cluster, next, signal);
    await current?.close();
    current = opened;
    node = next;
  };
  return {
    get node() {
      return node;
    },
    async connection(signal) {
      if (current === undefined || current.lost) await moveTo(node, signal);
      return current!;
    },
    async moveTo(next, signal) {
      await checkNode(cluster, next);
      await moveTo(next, signal);
    },
    async close() {
      await current?.close();
    },
  };
}

/** As the cluster calls it: blocks say `coordinator` for the first node, and one that is alone has another name. */
export async function nodeCalled(node: string, cluster: Cluster): Promise<string> {
  const nodes = await cluster.nodes();
  if (node !== 'coordinator' || nodes.some(({ name }) => name === node)) return node;
  return nodes.find((each) => isFirst(each) && each.replacedBy === undefined)?.name ?? node;
}

export async function nodeNames(cluster: Cluster): Promise<readonly string[]> {
  const names = (await cluster.nodes()).map(({ name }) => name);
  return cluster.kind === 'postgres' ? names : [...new Set(['coordinator', ...names])];
}

async function checkNode(cluster: Cluster, node: string): Promise<void> {
  const known = await nodeNames(cluster);
  if (known.includes(node)) return;
  const [best] = nearest(node, known);
  throw new UserError(`unknown node "${node}"; known: ${known.join(', ')}`, {
    code: 'cluster',
    ...(best !== undefined && { hint: `Did you mean "\\c ${best}"?` }),
  });
}

/** Ctrl-C ends the wait for a server that does not answer. */
async function connectTo(cluster: Cluster, node: string, signal: AbortSignal): Promise<Connection> {
  const connecting = cluster.connect(node);
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Error('canceled'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([connecting, aborted]);
  } catch (error) {
    void connecting.then(
      (late) => late.close(),
      () => {},
    );
    if (error instanceof UserError) throw error;
    throw new UserError(`could not connect to ${node}: ${(error as Error).message}`, {
      code: 'cluster',
      hint: 'Run "lesson status" to see which servers run.',
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

export function nodeCommands(cluster: Cluster, session: NodeSession): Commands {
  const describe = async () => {
    const { database, user, host, port } = await cluster.address(session.node);
    return `${session.node} (${host}:${port}), database "${database}", as user "${user}".`;
  };
  return {
    c: {
      argument: '[NODE]',
      help: 'go to another node of the cluster, such as worker-1',
      async run(node, { signal, screen }) {
        await session.moveTo(node || session.node, signal);
        await screen.print(`You are now connected to ${await describe()}`);
        return 'stay';
      },
    },
    conninfo: {
      help: 'which node, database and user this is',
      async run(_, { screen }) {
        await screen.print(`You are connected to ${await describe()}`);
        return 'stay';
      },
    },
  };
}
