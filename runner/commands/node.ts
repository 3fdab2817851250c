// `lesson node`: the servers of a cluster, stopped, killed, added, followed and promoted.

import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import type { Cluster, Servers } from '../cluster/port.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { describeNode } from './node-line.ts';

export type NodeVerb = keyof Servers | 'list' | 'restart';

export interface NodeOptions extends ProviderOptions {
  readonly verb: NodeVerb;
  readonly node?: string | undefined;
  /** The name of the standby. */
  readonly as?: string | undefined;
  readonly sync: boolean;
  readonly slot: boolean;
  /** In milliseconds. */
  readonly delay?: number | undefined;
  readonly json: boolean;
}

export async function node(options: NodeOptions, { stdout, signal }: Invocation): Promise<number> {
  const cluster = await (await findProvider(options)).find(options.name);
  try {
    stdout.write(
      options.verb === 'list'
        ? await list(cluster, options.json)
        : `${await act(serversOf(cluster), options, signal)}\n`,
    );
    return exitCodes.ok;
  } finally {
    await cluster.close();
  }
}

/** @throws UserError where the servers are somebody else's. */
function serversOf({ name, servers }: Cluster): Servers {
  if (servers) return servers;
  throw new UserError(`the servers of the cluster "${name}" are not managed by lesson`, {
    code: 'cluster',
    hint: 'Run the lesson on a cluster of its own: "--cluster local" or "--cluster docker".',
  });
}

/** Without the passwords; `lesson url` gives them to whoever asks for one. */
async function list(cluster: Cluster, json: boolean): Promise<string> {
  const nodes = await cluster.nodes();
  if (json) {
    const shown = nodes.map(({ address: { host, port }, ...node }) => ({ ...node, host, port }));
    return `${JSON.stringify(shown, null, 2)}\n`;
  }
  const width = Math.max(...nodes.map(({ name }) => name.length));
  return nodes.map((each) => `${describeNode(each, width)}\n`).join('');
}

/** Returns what is true now. */
async function act(servers: Servers, options: NodeOptions, signal: AbortSignal): Promise<string> {
  const { verb, node } = options;
  if (node === undefined) {
    throw new UserError(`missing name of the node: "lesson node ${verb} NAME"`, {
      code: 'usage',
      hint: '"lesson node list" lists them.',
    });
  }
  switch (verb) {
    case 'list':
      return '';
    case 'stop':
      await servers.stop(node, signal);
      return `${node} is stopped.`;
    case 'start':
      await servers.start(node, signal);
      return `${node} is up.`;
    case 'restart':
      await servers.stop(node, signal);
      await servers.start(node, signal);
      return `${node} is up again.`;
    case 'kill':
      await servers.kill(node, signal);
      return `${node} was killed.`;
    case 'pause':
      await servers.pause(node, signal);
      return `${node} is paused.`;
    case 'resume':
      await servers.resume(node, signal);
      return `${node} is running again.`;
    case 'add':
      await servers.add(node, signal);
      return `${node} is up and registered.`;
    case 'remove':
      await servers.remove(node, signal);
      return `${node} was removed.`;
    case 'standby': {
      const { as = `${node}-standby`, sync: synchronous, slot, delay: delayMs = 0 } = options;
      await servers.standby({ name: as, of: node, synchronous, slot, delayMs }, signal);
      return `${as} streams from ${node}.`;
    }
    case 'promote':
      await servers.promote(node, signal);
      return `${node} is promoted and accepts writes.`;
  }
}
