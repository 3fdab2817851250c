// A cluster that is brought up, locked, and cleaned with consent, for as long as lessons run on it.
import { readFile } from 'node:fs/promises';
import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import type { ClusterInfo } from '../cluster/info.ts';
import type { Cluster, ClusterKind } from '../cluster/port.ts';
import type { Invocation } from '../invocation.ts';
import type { Lesson } from '../lesson/types.ts';
import { initSqlFile } from '../paths.ts';
import type { ShellEnvironment } from '../session/blocks/shell-block.ts';
import { workspace } from '../store/workspace.ts';
import { prepareCluster } from './cleaning.ts';
import type { Confirm } from './confirm.ts';

export interface PreparedCluster {
  readonly cluster: Cluster;
  readonly info: ClusterInfo;
  /** Undefined where no lesson gets its tables: they are distributed. */
  readonly initSql: string | undefined;
  readonly shell: () => Promise<ShellEnvironment>;
}

export interface PreparedClusterOptions extends ProviderOptions {
  /** As the user has asked: at least so many. */
  readonly workers?: number | undefined;
  /** Where the user has not: what the lessons need; as many as there are, or 2, unless given. */
  readonly neededWorkers?: number | undefined;
}

export interface Preparing {
  /** What the lock says of us: `lesson run 03-distribution`. */
  readonly holder: string;
  /** Asked before tables that no lesson made are dropped; absent where nobody can be asked. */
  readonly confirm: Confirm | undefined;
}

/** For one lesson: whether workers can be reached is asked where a block of it runs on one. It may take seconds. */
export async function infoFor(
  { steps }: Lesson,
  { cluster, info }: Pick<PreparedCluster, 'cluster' | 'info'>,
): Promise<ClusterInfo> {
  if (!steps.some(({ needs }) => needs.includes('sessions on workers'))) return info;
  const unreachable = await cluster.unreachable?.();
  return unreachable === undefined ? info : { ...info, unreachable };
}

/** How many workers all of these lessons need. */
export const workersNeeded = (lessons: readonly Lesson[]): number =>
  Math.max(0, ...lessons.map(({ workers }) => workers?.count ?? 0));

/** One server has none: lessons that need some are skipped there, and only a user who asks for some is told. */
export const workersFor = (
  { workers, neededWorkers }: PreparedClusterOptions,
  kind: ClusterKind,
): number | undefined => workers ?? (kind === 'postgres' ? undefined : neededWorkers);

/** For as long as the callback runs, which does not run where the learner refuses. */
export async function withPreparedCluster(
  options: PreparedClusterOptions,
  { holder, confirm }: Preparing,
  { signal, env, stderr }: Invocation,
  use: (prepared: PreparedCluster) => Promise<void>,
): Promise<void> {
  const { name } = options;
  const report = (message: string) => stderr.write(`${message}\n`);
  const provider = await findProvider(options);
  const workers = workersFor(options, provider.kind);
  const cluster = await provider.up({ name, report, confirm, signal, ...(workers ? { workers } : {}) });
  const release = await cluster.holdRun(holder);
  const folder = workspace(
    () => cluster.address('coordinator'),
    { name, cluster: provider.url ?? provider.kind },
    env,
  );
  try {
    const info = await prepareCluster({ cluster, confirm, report, signal });
    if (info === undefined) return;
    const initSql = cluster.kind === 'postgres' ? undefined : await readFile(initSqlFile, 'utf8');
    await use({ cluster, info, initSql, shell: folder.shell });
  } finally {
    await folder.remove();
    await release();
  }
}
