// The port to all clusters of one kind: to make one, to find those there are, to stop one.
import type { Holder } from '../system/lock.ts';
import type { Cluster, ClusterKind, NodeStatus } from './port.ts';

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
  /** Asked before a cluster of another version is replaced; absent where nobody can be asked. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
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
  readonly dataLocation: string;
  /** `outdated`: created by another version of this package, its engine or PostgreSQL; `broken`: not created completely. */
  readonly condition: 'sound' | 'outdated' | 'broken';
  readonly nodes: readonly NodeStatus[];
  readonly createdAt?: Date;
  /** What it takes on this machine's disk, where that is known. */
  readonly sizeBytes?: number;
  /** Who runs a lesson on it now. */
  readonly holder?: Holder;
}
