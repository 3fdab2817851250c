// Which kind of cluster a name means, and its provider; each kind is loaded when it is asked for.
import { UserError } from '../errors.ts';
import { findKind } from './cluster-kinds.ts';
import type { Driver } from './drivers/driver.ts';
import type { ClusterProvider } from './provider.ts';

export interface ProviderOptions {
  /** `local`, `docker`, `postgres`, `postgres://…`; what `up` remembered under the name, or `local`, unless given. */
  readonly cluster?: string | undefined;
  readonly name: string;
  /** The folder of another PostgreSQL, for local clusters. */
  readonly pgBin?: string | undefined;
}

export async function findProvider({ cluster, name, pgBin }: ProviderOptions): Promise<ClusterProvider> {
  const chosen = cluster ?? (await findKind(name)) ?? 'local';
  if (pgBin !== undefined && chosen !== 'local' && chosen !== 'postgres') {
    throw new UserError('--pg-bin is for clusters on this computer', {
      code: 'usage',
      hint: 'Specify --cluster local or --cluster postgres as well.',
    });
  }
  switch (chosen) {
    case 'local':
      return ours((await import('./drivers/local/driver.ts')).localDriver(pgBin));
    case 'postgres':
      return ours((await import('./drivers/local/driver.ts')).postgresDriver(pgBin));
    case 'docker':
      return ours((await import('./drivers/docker/driver.ts')).dockerDriver());
    default:
      return (await import('./external/provider.ts')).externalProvider(chosen);
  }
}

async function ours(driver: Driver): Promise<ClusterProvider> {
  return (await import('./orchestration/provider.ts')).providerOf(driver);
}

/** Every kind that can have clusters on this machine. */
export async function everyProvider(): Promise<readonly ClusterProvider[]> {
  const { externalProvider } = await import('./external/provider.ts');
  const own = await Promise.all(
    ['local', 'docker', 'postgres'].map((cluster) => findProvider({ cluster, name: '' })),
  );
  return [...own, externalProvider()];
}
