// `lesson down`: stops servers; with `--purge` the cluster is gone.
import { forgetTables } from '../app/cleaning.ts';
import { everyProvider, findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import type { ClusterProvider } from '../cluster/provider.ts';
import { withCommand } from '../command-name.ts';
import { exitCodes, type Invocation } from '../invocation.ts';

interface Options extends ProviderOptions {
  readonly purge: boolean;
  readonly all: boolean;
}

export async function down(options: Options, { command, stdout, signal }: Invocation): Promise<number> {
  const { name, purge, all } = options;
  const found = all ? await everyCluster() : [{ provider: await findProvider(options), name }];
  for (const { provider, name: each } of found) {
    const { stopped } = await provider.down(each, { purge, signal });
    if (purge) await forgetTables({ kind: provider.kind, name: each });
    const isAlone = found.filter((other) => other.name === each).length === 1;
    const shown = isAlone ? `"${each}"` : `"${each}" (${provider.kind})`;
    const text = provider.kind === 'external' ? forgotten(shown) : describe(shown, stopped.length > 0, purge);
    stdout.write(`${withCommand(text, command)}\n`);
  }
  if (found.length === 0) stdout.write('There is no cluster.\n');
  return exitCodes.ok;
}

async function everyCluster(): Promise<
  readonly { readonly provider: ClusterProvider; readonly name: string }[]
> {
  const providers = await everyProvider();
  const lists = await Promise.all(providers.map((provider) => provider.list()));
  return providers.flatMap((provider, i) => lists[i]!.map(({ name }) => ({ provider, name })));
}

const forgotten = (cluster: string): string =>
  `Cluster ${cluster} is forgotten; its servers were not touched.`;

function describe(cluster: string, stopped: boolean, purge: boolean): string {
  if (purge) return `Cluster ${cluster} was removed.`;
  return stopped
    ? `Cluster ${cluster} is stopped; its data is kept. "lesson up" starts it again.`
    : `Cluster ${cluster} was not running.`;
}
