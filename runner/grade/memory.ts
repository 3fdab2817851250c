// PostgreSQL has no limit on the memory of a session: an answer can set `work_mem` as it likes. Linux has one for each process.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Cluster } from '../cluster/port.ts';

const run = promisify(execFile);

/** Every process that a server starts from now on has so many MB at most, until the function that it returns is called. */
export async function limitMemory(cluster: Cluster, mb: number): Promise<() => Promise<void>> {
  const set = async (limit: string) => {
    for (const { pid } of await cluster.nodes()) {
      // Where the system has no such limit, a container is to have one.
      if (pid !== undefined) await run('prlimit', ['--pid', String(pid), `--as=${limit}:`]).catch(() => {});
    }
  };
  await set(String(mb * 1_000_000));
  return () => set('unlimited');
}
