// Real clusters for tests. Nobody has to remove one: a process of its own does, also after a crash or a Ctrl-C.
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { test } from 'vitest';
import { currentBlueprint } from '../../runner/cluster/drivers/local/blueprint.ts';
import { localDriver, postgresDriver } from '../../runner/cluster/drivers/local/driver.ts';
import { getTemplate } from '../../runner/cluster/drivers/local/template.ts';
import { providerOf } from '../../runner/cluster/orchestration/provider.ts';
import type { UpCluster } from '../../runner/cluster/provider.ts';
import { openStateFolder } from '../../runner/system/state-folder.ts';

export interface TestCluster extends UpCluster {
  /** For `LESSON_STATE_DIR`. */
  readonly stateDir: string;
}

/** A cluster of its own for a test, its databases clean, in a state folder of its own. */
export async function testCluster({
  kind = 'local',
  workers = 2,
  name = 'default',
}: {
  /** `postgres`: one server, which has neither workers nor the engine. */
  readonly kind?: 'local' | 'postgres';
  readonly workers?: number;
  readonly name?: string;
} = {}): Promise<TestCluster> {
  const stateDir = await stateFolder();
  const signal = new AbortController().signal;
  const options = { name, report: () => {}, signal };
  const cluster =
    kind === 'local'
      ? await localClusters(stateDir).up({ ...options, workers })
      : await providerOf(postgresDriver(), stateDir).up(options);
  return { ...cluster, stateDir };
}

/**
 * `test` with a `cluster` that its file has for itself while it runs: the one of this process, as a lesson finds it. Where
 * Vitest isolates files, each has a process, and so a cluster, of its own.
 */
export const clusterTest = ({ workers = 2 }: { readonly workers?: number } = {}) =>
  test.extend('cluster', { scope: 'file' }, () => sharedCluster(workers));

/** By number of workers. */
const shared = new Map<number, TestCluster>();

export async function sharedCluster(workers: number): Promise<TestCluster> {
  const cluster = shared.get(workers) ?? (await testCluster({ workers }));
  shared.set(workers, cluster);
  await cluster.reset({ signal: new AbortController().signal });
  return cluster;
}

/** The local clusters of a state folder. */
export const localClusters = (stateDir: string, pgBin?: string) => providerOf(localDriver(pgBin), stateDir);

/** A new state folder, with a space in its path, and the template that all tests share. */
export async function stateFolder(): Promise<string> {
  const { templates } = await folders();
  await sharedTemplate(templates);
  const dir = await emptyStateFolder();
  await symlink(join(templates, 'templates'), join(dir, 'templates'));
  return dir;
}

/** As `stateFolder`, without a template. */
export const emptyStateFolder = (): Promise<string> => reapedFolder('state ', 0o711);

/** A new folder, which goes with all servers in it when its tests have ended, however they end. */
export async function reapedFolder(prefix: string, mode: number): Promise<string> {
  const { clusters } = await folders();
  const dir = await mkdtemp(join(clusters, prefix));
  await chmod(dir, mode);
  return dir;
}

interface Folders {
  readonly clusters: string;
  readonly templates: string;
}

let made: Promise<Folders> | undefined;

/** One pair of folders a process: the reaper waits for it to end. */
function folders(): Promise<Folders> {
  made ??= makeFolders();
  return made;
}

async function makeFolders(): Promise<Folders> {
  const runner = isMainThread ? process.ppid : process.pid;
  const templates = join(tmpdir(), `lesson templates ${runner}`);
  await mkdir(templates, { recursive: true });
  const clusters = await mkdtemp(join(tmpdir(), 'lesson test '));
  for (const dir of [clusters, templates]) await chmod(dir, 0o711); // root's servers run as another user
  const reaper = spawn(process.execPath, [reaperFile, clusters, templates, String(runner)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  reaper.unref();
  (reaper.stdin as unknown as { unref(): void }).unref();
  return { clusters, templates };
}

const reaperFile = fileURLToPath(new URL('reap.mjs', import.meta.url));

async function sharedTemplate(stateDir: string): Promise<void> {
  const signal = new AbortController().signal;
  await getTemplate(await openStateFolder(stateDir), await currentBlueprint(), signal);
}
