// `lesson logs`: the end of what the servers wrote.
import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { unknownWord } from '../lesson/nearest.ts';
import { printable } from '../report/style.ts';

interface Options extends ProviderOptions {
  readonly node?: string | undefined;
  readonly lines: number;
}

export async function logs({ node, lines, ...options }: Options, { stdout }: Invocation): Promise<number> {
  if (!(lines > 0)) throw new UserError(`--lines ${lines} is not a number above 0`, { code: 'usage' });
  const cluster = await (await findProvider(options)).find(options.name);
  const names = (await cluster.nodes()).map(({ name }) => name);
  if (node !== undefined && !names.includes(node)) {
    throw new UserError(unknownWord('node', node, names), { code: 'usage' });
  }
  for (const each of node === undefined ? names : [node]) {
    if (node === undefined) stdout.write(`==> ${each} <==\n`);
    for (const line of await cluster.log(each, lines)) stdout.write(`${printable(line)}\n`);
  }
  return exitCodes.ok;
}
