// What Docker says of the containers of a cluster.
import { docker } from './docker.ts';
import { containerOf, projectOf } from './project.ts';

export interface Container {
  /** The name of its node. */
  readonly node: string;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** On 127.0.0.1; absent where it does not run, or is on no network. */
  readonly port?: number;
  /** Ended with Docker itself, or the machine, and not by anybody's wish. */
  readonly crashed: boolean;
}

const columns = ['{{.Label "com.docker.compose.service"}}', '{{.State}}', '{{.Ports}}', '{{.Status}}'];

export async function listContainers(cluster: string, signal: AbortSignal): Promise<readonly Container[]> {
  const filter = `label=com.docker.compose.project=${projectOf(cluster)}`;
  const text = await docker(['ps', '-a', '--filter', filter, '--format', columns.join('\t')], { signal });
  return text.split('\n').filter(Boolean).map(parse);
}

function parse(line: string): Container {
  const [node = '', state = '', ports = '', status = ''] = line.split('\t');
  const port = /127\.0\.0\.1:(\d+)->5432/.exec(ports)?.[1];
  return {
    node,
    state: state as Container['state'],
    ...(port && { port: Number(port) }),
    crashed: status.startsWith('Exited (255)'),
  };
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
