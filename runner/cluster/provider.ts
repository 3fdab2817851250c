// Where the clusters of one kind live, and which kind a name means.
import { UserError } from '../errors.ts';
import type { Holder } from '../system/lock.ts';
import type { Driver } from './drivers/driver.ts';
import type { Cluster, ClusterKind, NodeStatus } from './port.ts';
import { rememberedCluster } from './remembered.ts';

export interface ClusterProvider {
  readonly kind: ClusterKind;
  /** Of a cluster that is reached by one, without its password. */
  readonly url?: string;
  /** A cluster of which every server answers: found, healed or made. @throws UserError when that cannot be had. */
  up(options: UpOptions): Promise<UpCluster>;
  /** The cluster of that name, its servers up or not. @throws UserError where there is none. */
  find(name: string): Promise<Cluster>;
  /** What there is, running or not, whole or broken. */
  list(): Promise<readonly ClusterStatus[]>;
  /** Stops the servers and keeps their data, unless `purge`. @throws UserError where there is none of that name. */
  down(name: string, options: DownOptions): Promise<Down>;
}

export interface UpOptions {
  readonly name: string;
  /** At least so many workers; as many as there are, or 2, unless given. */
  readonly workers?: number;
  /** Is told, in sentences, of all that takes time and of all that was not as it should be. */
  readonly report: (message: string) => void;
  readonly signal: AbortSignal;
}

export interface UpCluster extends Cluster {
  /** Whether it was made just now, and has no tables yet. */
  readonly fresh: boolean;
}

export interface DownOptions {
  /** Removes the data too. */
  readonly purge: boolean;
  readonly signal: AbortSignal;
}

export interface Down {
  /** The nodes whose servers ran. */
  readonly stopped: readonly string[];
}

export interface ClusterStatus {
  readonly kind: ClusterKind;
  readonly name: string;
  /** Where its data is: a folder, a compose project, a URL without its password. */
  readonly place: string;
  /** `outdated`: made by another version of this package, its engine or PostgreSQL; `broken`: left half-made. */
  readonly condition: 'sound' | 'outdated' | 'broken';
  readonly nodes: readonly NodeStatus[];
  readonly createdAt?: Date;
  /** What it takes on this machine's disk, where that can be told. */
  readonly sizeBytes?: number;
  /** Who runs a lesson on it now. */
  readonly holder?: Holder;
}

export interface ProviderOptions {
  /** `local`, `docker`, `postgres://…`; what `up` remembered under the name, or `local`, unless given. */
  readonly cluster?: string | undefined;
  readonly name: string;
  /** The folder of another PostgreSQL, for local clusters. */
  readonly pgBin?: string | undefined;
}

export async function findProvider({ cluster, name, pgBin }: ProviderOptions): Promise<ClusterProvider> {
  const chosen = cluster ?? (await rememberedCluster(name)) ?? 'local';
  if (pgBin !== undefined && chosen !== 'local') {
    throw new UserError('--pg-bin is for local clusters', {
      code: 'usage',
      hint: 'Give --cluster local, too.',
    });
  }
  switch (chosen) {
    case 'local':
      return ours((await import('./drivers/local/driver.ts')).localDriver(pgBin));
    case 'docker':
      return ours((await import('./drivers/docker/driver.ts')).dockerDriver());
    default:
      return (await import('./external/host.ts')).externalHost(chosen);
  }
}

async function ours(driver: Driver): Promise<ClusterProvider> {
  return (await import('./orchestration/provider.ts')).providerOf(driver);
}

/** Every kind that can have clusters on this machine. */
export async function everyProvider(): Promise<readonly ClusterProvider[]> {
  const { externalHost } = await import('./external/host.ts');
  const own = await Promise.all(['local', 'docker'].map((cluster) => findProvider({ cluster, name: '' })));
  return [...own, externalHost()];
}
