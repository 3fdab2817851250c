// `lesson psql`: the system's psql where there is one, else a plain prompt of our own.

import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import type { Address } from '../connect/address.ts';
import { libpqEnvironment, withoutLibpqVariables } from '../connect/libpq.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { runningNode } from './running-node.ts';

interface Options extends ProviderOptions {
  readonly node: string;
}

export async function psql({ node, ...options }: Options, invocation: Invocation): Promise<number> {
  const address = await runningNode(options, node);
  const exitCode = await systemPsql(address, invocation);
  if (exitCode !== undefined) return exitCode;
  const { sqlPrompt } = await import('./sql-prompt.ts');
  const cluster = await (await findProvider(options)).find(options.name);
  await sqlPrompt(node, await cluster.connect(node), invocation);
  return exitCodes.ok;
}

/** Its exit code; undefined where this machine has none. */
async function systemPsql(address: Address, { env, stdin, stdout, stderr }: Invocation) {
  const { spawn } = await import('node:child_process');
  // Not through zx: psql takes the terminal over, line editing and Ctrl-C included.
  const child = spawn('psql', [], {
    stdio: [stdin, stdout, stderr],
    env: { ...withoutLibpqVariables(env), ...libpqEnvironment(address) },
  });
  return new Promise<number | undefined>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? resolve(undefined) : reject(error),
    );
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
