// `lesson url`: how any other program reaches a node.
import type { HostOptions } from '../cluster/host.ts';
import type { Address } from '../cluster/types.ts';
import { exitCodes, type Surroundings } from '../surroundings.ts';
import { runningNode } from './running-node.ts';

interface Options extends HostOptions {
  readonly node: string;
}

export async function url({ node, ...options }: Options, { stdout }: Surroundings): Promise<number> {
  stdout.write(`${connectionUrl(await runningNode(options, node))}\n`);
  return exitCodes.held;
}

/** With the password: whoever asks may read it in the cluster's folder too. */
function connectionUrl({ host, port, user, password, database }: Address): string {
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}
