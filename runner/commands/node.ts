// `lesson node`: the servers of a cluster, stopped, killed, added, followed and promoted.

import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import type { Cluster, Servers } from '../cluster/port.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { describeNode } from './node-line.ts';
import { refuseMisspelled, refuseStopped } from './running-node.ts';

/** What is done to one node. */
export type NodeVerb = keyof Servers | 'restart';

interface ListOptions extends ProviderOptions {
  readonly json: boolean;
}

interface ChangeOptions extends ProviderOptions {
  readonly node: string;
}

interface StandbyOptions extends ChangeOptions {
  /** The name of the standby. */
  readonly as?: string | undefined;
  readonly sync?: boolean;
  readonly slot?: boolean;
  /** In milliseconds. */
  readonly delay?: number | undefined;
}

/** `lesson node` alone. */
export async function missingVerb(): Promise<never> {
  throw new UserError('"lesson node" needs a verb, such as "lesson node list"', {
    code: 'usage',
    hint: 'Run "lesson node --help" to see them.',
  });
}

export async function listNodes(options: ListOptions, { stdout }: Invocation): Promise<number> {
  const cluster = await (await findProvider(options)).find(options.name);
  stdout.write(await list(cluster, options.json));
  return exitCodes.ok;
}

export function changeNode(verb: NodeVerb) {
  return async (options: StandbyOptions, { stdout, signal }: Invocation): Promise<number> => {
    const cluster = await (await findProvider(options)).find(options.name);
    const servers = serversOf(cluster);
    const nodes = await cluster.nodes();
    if (verb !== 'add') refuseMisspelled(options.node, nodes, cluster);
    if (needsRunningCluster(verb)) refuseStopped(nodes, cluster);
    stdout.write(`${await act(servers, verb, options, signal)}\n`);
    return exitCodes.ok;
  };
}

/** Servers that are down are what the others are for. */
const needsRunningCluster = (verb: NodeVerb): boolean =>
  verb !== 'start' && verb !== 'stop' && verb !== 'restart';

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
async function act(
  servers: Servers,
  verb: NodeVerb,
  { node, ...options }: StandbyOptions,
  signal: AbortSignal,
): Promise<string> {
  switch (verb) {
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
      const { as = `${node}-standby`, sync: synchronous = false, slot = false, delay: delayMs = 0 } = options;
      await servers.standby({ name: as, of: node, synchronous, slot, delayMs }, signal);
      return `${as} streams from ${node}.`;
    }
    case 'promote':
      await servers.promote(node, signal);
      return `${node} is promoted and accepts writes.`;
  }
}
