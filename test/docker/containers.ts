// What the tests of the Docker stage share.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, inject } from 'vitest';
import { dockerDriver } from '../../runner/cluster/drivers/docker/driver.ts';
import { providerOf } from '../../runner/cluster/orchestration/provider.ts';
import type { UpCluster, UpOptions } from '../../runner/cluster/provider.ts';

export const never = new AbortController().signal;

/** As `describe`, where there are containers. */
export const describeDocker = describe.skipIf(inject('skipped') !== '');

export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args);
  return stdout.trim();
}

/** A state folder that the servers' user could enter. */
export async function stateFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'lesson docker '));
  await chmod(dir, 0o711);
  return dir;
}

/** The clusters in Docker of a state folder. */
export const dockerClusters = (stateDir: string) => providerOf(dockerDriver(), stateDir);

export async function up(
  stateDir: string,
  options: Partial<UpOptions> = {},
): Promise<{ readonly cluster: UpCluster; readonly messages: readonly string[] }> {
  const messages: string[] = [];
  const report = (message: string) => messages.push(message);
  const cluster = await dockerClusters(stateDir).up({ name: 'test', report, signal: never, ...options });
  return { cluster, messages };
}

/** Removes clusters and their state folder; what is not there any more is not missed. */
export async function remove(stateDir: string | undefined, ...names: readonly string[]): Promise<void> {
  if (stateDir === undefined) return;
  for (const name of names) {
    await dockerClusters(stateDir)
      .down(name, { purge: true, signal: never })
      .catch((error: Error) => {
        if (!/there is no cluster/.test(error.message)) throw error;
      });
  }
  await rm(stateDir, { recursive: true, force: true });
}

/** Everything in Docker that has the name of this cluster. */
export async function traces(name: string): Promise<readonly string[]> {
  const filter = ['--filter', `label=com.docker.compose.project=lesson-${name}`];
  const lists = await Promise.all([
    docker('ps', '-aq', ...filter),
    docker('volume', 'ls', '-q', ...filter),
    docker('network', 'ls', '-q', ...filter),
  ]);
  return lists.flatMap((list) => list.split('\n').filter(Boolean));
}
