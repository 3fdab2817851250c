// `lesson up`: the cluster, started or found, with the demo of init.sql where it is new.
import { readFile } from 'node:fs/promises';
import { noteTables } from '../app/cleaning.ts';
import { terminalConfirm } from '../app/confirm.ts';
import { recordKind } from '../cluster/cluster-kinds.ts';
import { describeEngine } from '../cluster/engine.ts';
import { findProvider, type ProviderOptions } from '../cluster/find-provider.ts';
import { onCoordinator, readClusterInfo } from '../cluster/info.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { initSqlFile } from '../paths.ts';

interface Options extends ProviderOptions {
  readonly workers?: number | undefined;
}

export async function up(options: Options, invocation: Invocation): Promise<number> {
  const { stdout, stderr, signal } = invocation;
  const { name, workers } = options;
  const report = (message: string) => stderr.write(`${message}\n`);
  const provider = await findProvider(options);
  const confirm = await terminalConfirm(invocation);
  const cluster = await provider.up({
    name,
    report,
    confirm,
    signal,
    ...(workers === undefined ? {} : { workers }),
  });
  await recordKind(name, provider.url ?? provider.kind);
  if (cluster.fresh && cluster.kind !== 'postgres') {
    await cluster.reset({ initSql: await readFile(initSqlFile, 'utf8'), signal });
  }
  const info = await onCoordinator(cluster, async (coordinator) => {
    if (cluster.fresh) await noteTables(cluster, coordinator, signal);
    return readClusterInfo(cluster, coordinator, signal);
  });
  const nodes = await cluster.nodes();
  stdout.write(`Cluster "${name}" is up: ${nodes.map((node) => node.name).join(', ')}.\n`);
  stdout.write(`It runs ${describeEngine(info.engine)}.\n`);
  if (cluster.byHand !== undefined) stdout.write(`By hand: ${cluster.byHand}\n`);
  return exitCodes.ok;
}
