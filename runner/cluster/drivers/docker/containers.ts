// What Docker says of the containers and volumes of a cluster.

import { docker } from '../../../programs/docker.ts';
import type { Machine } from '../driver.ts';
import { containerOf, projectOf } from './project.ts';

export interface Container {
  /** The name of its node. */
  readonly node: string;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** On 127.0.0.1; absent where it does not run, or is on no network. */
  readonly port?: number;
  /** To a network, or will be when it runs. */
  readonly isConnected: boolean;
  /** Absent where it has not ended. */
  readonly exitCode?: number;
}

const columns = [
  '{{.Label "com.docker.compose.service"}}',
  '{{.State}}',
  '{{.Ports}}',
  '{{.Status}}',
  '{{.Networks}}',
];

export async function listContainers(cluster: string, signal: AbortSignal): Promise<readonly Container[]> {
  const text = await docker(['ps', '-a', ...labelled(cluster), '--format', columns.join('\t')], { signal });
  return text.split('\n').filter(Boolean).map(parse);
}

function parse(line: string): Container {
  const [node = '', state = '', ports = '', status = '', networks = ''] = line.split('\t');
  const port = /127\.0\.0\.1:(\d+)->5432/.exec(ports)?.[1];
  const exitCode = /^Exited \((\d+)\)/.exec(status)?.[1];
  return {
    node,
    state: state as Container['state'],
    isConnected: networks !== '',
    ...(port && { port: Number(port) }),
    ...(exitCode && { exitCode: Number(exitCode) }),
  };
}

/** The nodes that have a volume. */
export async function listVolumes(cluster: string, signal: AbortSignal): Promise<readonly string[]> {
  const format = '{{.Label "com.docker.compose.volume"}}';
  const text = await docker(['volume', 'ls', ...labelled(cluster), '--format', format], { signal });
  return text.split('\n').filter(Boolean);
}

const labelled = (cluster: string) => ['--filter', `label=com.docker.compose.project=${projectOf(cluster)}`];

/** A node without a container has its data in a volume. */
export async function listMachines(cluster: string, signal: AbortSignal): Promise<readonly Machine[]> {
  const [containers, volumes] = await Promise.all([
    listContainers(cluster, signal),
    listVolumes(cluster, signal),
  ]);
  const nodes = new Set([...containers.map(({ node }) => node), ...volumes]);
  return [...nodes].map((node) => {
    const container = containers.find((each) => each.node === node);
    // Nobody listens on port 1: a server that is down refuses to be connected to.
    return { node, state: stateOf(container), host: '127.0.0.1', port: container?.port ?? 1 };
  });
}

/** Docker gives a container that ended with Docker itself, or with the computer, the exit code 255. */
const endedWithDocker = 255;
const endedBySigkill = 137;

/** A server that is on no network can be reached by nobody. */
function stateOf(container: Container | undefined): Machine['state'] {
  switch (container?.state) {
    case 'paused':
      return container.port === undefined ? 'stopped' : 'paused';
    case 'running':
      return container.port === undefined ? 'stopped' : 'up';
    case 'exited':
    case 'dead':
      if (container.exitCode === endedWithDocker) return 'crashed';
      return container.exitCode === endedBySigkill ? 'killed' : 'stopped';
    case 'created':
    case 'restarting':
    case 'removing':
    case undefined:
      return 'stopped';
  }
}

export async function lastLines(
  cluster: string,
  node: string,
  count: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const lines: string[] = [];
  const args = ['logs', '--tail', String(count), containerOf(cluster, node)];
  await docker(args, { signal, onLine: (line) => lines.push(line) });
  return lines;
}
