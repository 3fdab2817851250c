// A local cluster as a stranger sees it, by URL, and `lesson` with an environment of a test's own.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../../runner/cluster/port.ts';
import { connectionUrl } from '../../../runner/connect/libpq.ts';
import { bin, linkLesson, sandboxEnvironment, trustOption } from '../../support/binary.ts';

export interface Stranger {
  readonly home: string;
  readonly run: (
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
  readonly remove: () => Promise<void>;
}

/** A home, and in it a state folder, that know of no cluster. */
export async function stranger(): Promise<Stranger> {
  const home = await mkdtemp(join(tmpdir(), 'lesson stranger '));
  await chmod(home, 0o755); // root's servers run as another user
  await linkLesson(home);
  return {
    home,
    run: (args, env = {}) =>
      new Promise((resolve) => {
        const own = { ...sandboxEnvironment(home), ...env };
        execFile(
          process.execPath,
          [bin, ...args, ...trustOption(args)],
          { env: own, cwd: home },
          (error, stdout, stderr) =>
            resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
        );
      }),
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

export const urlOf = async (cluster: Cluster, node = 'coordinator'): Promise<string> =>
  connectionUrl(await cluster.address(node));
