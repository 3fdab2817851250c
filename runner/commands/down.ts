// `lesson down`: stops servers; with `--purge` the cluster is gone.
import { downLocal } from '../cluster/local/down.ts';
import { listLocal } from '../cluster/local/list.ts';
import { exitCodes, type Surroundings } from '../surroundings.ts';
import { forgetTables } from './cleaning.ts';

interface Options {
  readonly name: string;
  readonly purge: boolean;
  readonly all: boolean;
}

export async function down({ name, purge, all }: Options, { stdout, signal }: Surroundings): Promise<number> {
  const names = all ? (await listLocal()).map((cluster) => cluster.name) : [name];
  for (const each of names) {
    const { stopped } = await downLocal(each, { purge, signal });
    if (purge) await forgetTables(each);
    stdout.write(`${describe(each, stopped.length > 0, purge)}\n`);
  }
  if (names.length === 0) stdout.write('There is no cluster.\n');
  return exitCodes.held;
}

function describe(name: string, stopped: boolean, purge: boolean): string {
  if (purge) return `Cluster "${name}" is removed.`;
  return stopped
    ? `Cluster "${name}" is stopped; its data is kept. "lesson up" starts it again.`
    : `Cluster "${name}" was not running.`;
}
