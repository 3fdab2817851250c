// `lesson up`: the cluster, started or found, with the demo of init.sql where it is new.
import { readFile } from 'node:fs/promises';
import { describeEngine } from '../cluster/engine.ts';
import { onCoordinator, readClusterInfo } from '../cluster/info.ts';
import { upLocal } from '../cluster/local/up.ts';
import { initSqlFile } from '../paths.ts';
import { exitCodes, type Surroundings } from '../surroundings.ts';
import { noteTables } from './cleaning.ts';

interface Options {
  readonly name: string;
  readonly workers?: number | undefined;
}

export async function up(
  { name, workers }: Options,
  { stdout, stderr, signal }: Surroundings,
): Promise<number> {
  const report = (message: string) => stderr.write(`${message}\n`);
  const cluster = await upLocal({ name, report, signal, ...(workers === undefined ? {} : { workers }) });
  try {
    if (cluster.fresh) {
      await cluster.reset({ initSql: await readFile(initSqlFile, 'utf8'), signal });
    }
    const info = await onCoordinator(cluster, async (coordinator) => {
      if (cluster.fresh) await noteTables(name, coordinator, signal);
      return readClusterInfo(cluster, coordinator, signal);
    });
    const nodes = await cluster.nodes();
    stdout.write(`Cluster "${name}" is up: ${nodes.map((node) => node.name).join(', ')}.\n`);
    stdout.write(`It runs ${describeEngine(info.engine)}.\n`);
    return exitCodes.held;
  } finally {
    await cluster.close();
  }
}
