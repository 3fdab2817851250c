// `lesson url`: how any other program reaches a node.

import type { ProviderOptions } from '../cluster/find-provider.ts';
import { connectionUrl } from '../connect/libpq.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { runningNode } from './running-node.ts';

interface Options extends ProviderOptions {
  readonly node: string;
}

export async function url({ node, ...options }: Options, { stdout }: Invocation): Promise<number> {
  stdout.write(`${connectionUrl(await runningNode(options, node))}\n`);
  return exitCodes.ok;
}
