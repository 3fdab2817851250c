// Servers that are killed, followed and replaced, against PostgreSQL's own programs on the same data.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { localDriver } from '../runner/cluster/drivers/local/driver.ts';
import { endLeftoverProcesses, findChildren } from '../runner/cluster/drivers/local/leftover-processes.ts';
import { providerOf } from '../runner/cluster/orchestration/provider.ts';
import type { Cluster } from '../runner/cluster/port.ts';
import { withClient } from '../runner/connect/client.ts';
import { findBinaries } from '../runner/programs/binaries.ts';
import { runProgram } from '../runner/programs/postgres.ts';
import { isAlive } from '../runner/system/processes.ts';
import { openStateFolder } from '../runner/system/state-folder.ts';
import { type Environment, type Line, lesson, type Measure, medians } from './measure.ts';

const { signal } = new AbortController();

export const nodes: Measure = async (dir, env) => {
  const stateDir = env.LESSON_STATE_DIR!;
  const cluster = await providerOf(localDriver(), stateDir).find('default');
  const stage: Stage = {
    cluster,
    servers: cluster.servers!,
    dir,
    env,
    stateDir,
    data: (node) => path.join(stateDir, 'clusters', 'default', node, 'data'),
    pgCtl: await pgCtlOf(stateDir),
  };
  return [
    ...(await restarts(stage)),
    ...(await standby(stage)),
    ...(await failover(stage)),
    ...(await course(stage)),
  ];
};

interface Stage {
  readonly cluster: Cluster;
  readonly servers: NonNullable<Cluster['servers']>;
  readonly dir: string;
  readonly env: Environment;
  readonly stateDir: string;
  readonly data: (node: string) => string;
  readonly pgCtl: (...args: readonly string[]) => Promise<void>;
}

async function restarts(stage: Stage): Promise<readonly Line[]> {
  const { cluster, servers, env, data, pgCtl } = stage;
  const answers = () => query(cluster, 'worker-1', 'SELECT 1');
  const { port, command, raw } = await medians(7, {
    port: () =>
      time(async () => {
        await servers.kill('worker-1', signal);
        await servers.start('worker-1', signal);
        await answers();
      }),
    command: () =>
      time(async () => {
        await lesson(['node', 'kill', 'worker-1'], env);
        await lesson(['node', 'start', 'worker-1'], env);
        await answers();
      }),
    raw: async () => {
      const { port: at } = await cluster.address('worker-1');
      return time(async () => {
        await killAll(stage, 'worker-1');
        await pgCtl(
          'start',
          '-w',
          '-s',
          '-D',
          data('worker-1'),
          '-l',
          `${data('worker-1')}.log`,
          '-o',
          `-p ${at}`,
        );
        await answers();
      });
    },
  });
  const baseline = `kill -9, pg_ctl start ${raw.toFixed(0)} ms`;
  return [
    {
      what: 'kill and start a worker, through the port',
      measured: ms(port),
      baseline,
      ratio: port / raw,
      target: '≤ 1.5',
    },
    {
      what: '`lesson node kill`, `lesson node start`',
      measured: ms(command),
      baseline,
      ratio: command / raw,
      target: '≤ 2',
    },
  ];
}

async function standby({ cluster, servers, dir, data }: Stage): Promise<readonly Line[]> {
  await query(
    cluster,
    'worker-1',
    `CREATE TABLE much AS SELECT repeat('x', 1000) FROM generate_series(1, 90000)`,
  );
  await query(cluster, 'worker-1', 'CHECKPOINT');
  const copy = path.join(dir, 'copy');
  const { ours, raw } = await medians(5, {
    ours: async () => {
      const taken = await time(() => servers.standby(standbyOf('worker-1'), signal));
      await servers.remove('worker-1-standby', signal);
      return taken;
    },
    raw: async () => {
      const taken = await time(() => run('cp', '-a', data('worker-1'), copy));
      await rm(copy, { recursive: true });
      return taken;
    },
  });
  await query(cluster, 'worker-1', 'DROP TABLE much');
  return [
    {
      what: 'a standby of a worker with 100 MB, until it streams',
      measured: ms(ours),
      baseline: `cp -a of its data ${ms(raw)}`,
      ratio: ours / raw,
      target: '≤ 2',
    },
  ];
}

/** From the kill to the first write that is accepted. */
async function failover(stage: Stage): Promise<readonly Line[]> {
  const { cluster, servers, data, pgCtl } = stage;
  const prepare = async () => {
    await cluster.reset({
      initSql: 'CREATE TABLE t (n int); SELECT create_distributed_table($$t$$, $$n$$);',
      signal,
    });
    await query(cluster, 'worker-1', 'CREATE TABLE plain (n int)');
    await servers.standby({ ...standbyOf('worker-1'), synchronous: true }, signal);
  };
  const { ours, raw } = await medians(3, {
    ours: async () => {
      await prepare();
      return time(async () => {
        await servers.kill('worker-1', signal);
        await servers.promote('worker-1-standby', signal);
        await query(
          cluster,
          'coordinator',
          `SELECT citus_update_node(nodeid, 'worker-1-standby', 5432) FROM pg_dist_node WHERE nodename = 'worker-1'`,
        );
        await query(cluster, 'coordinator', 'INSERT INTO t SELECT generate_series(1, 100)');
      });
    },
    raw: async () => {
      await prepare();
      return time(async () => {
        await killAll(stage, 'worker-1');
        await pgCtl('promote', '-w', '-s', '-D', data('worker-1-standby'));
        await query(cluster, 'worker-1-standby', 'INSERT INTO plain VALUES (1)');
      });
    },
  });
  await cluster.reset({ signal });
  return [
    {
      what: 'failover of a worker: from the kill to a write on the coordinator',
      measured: ms(ours),
      baseline: `kill -9, pg_ctl promote, a write there ${ms(raw)}`,
      ratio: ours / raw,
      target: '≤ 1.4',
    },
  ];
}

async function course({ env }: Stage): Promise<readonly Line[]> {
  const { stdout } = await lesson(['list', '--json'], env);
  const ids = (JSON.parse(stdout) as readonly { readonly id: string }[]).map(({ id }) => id);
  const { ms: taken } = await lesson(['run', ...ids, '--yes', '--trust'], env);
  return [
    {
      what: `\`lesson run --yes\` of all ${ids.length} lessons`,
      measured: `${(taken / 1000).toFixed(1)} s`,
      target: '< 60 s',
    },
  ];
}

const standbyOf = (of: string) => ({
  name: `${of}-standby`,
  of,
  synchronous: false,
  delayMs: 0,
  slot: false,
});
const ms = (taken: number) => `${taken.toFixed(0)} ms`;

async function time(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function query(cluster: Cluster, node: string, sql: string): Promise<void> {
  await withClient(await cluster.address(node), { signal }, (client) => client.query(sql));
}

async function killAll({ cluster, stateDir, data }: Stage, node: string): Promise<void> {
  const { pid } = (await cluster.nodes()).find(({ name }) => name === node)!;
  const pids = [pid!, ...(await findChildren(data(node)))];
  for (const each of pids) process.kill(each, 'SIGKILL');
  for (const each of pids) while (await isAlive(each));
  await endLeftoverProcesses(await openStateFolder(stateDir), data(node), signal); // where nobody collects the dead, PostgreSQL takes them for alive
}

async function pgCtlOf(stateDir: string): Promise<Stage['pgCtl']> {
  const home = await openStateFolder(stateDir);
  const { pgCtl } = await findBinaries(home);
  return async (...args) => {
    const { exitCode, output } = await runProgram(pgCtl, args, {
      owner: home.owner,
      signal,
      timeoutMs: 60_000,
    });
    if (exitCode !== 0) throw new Error(`pg_ctl ${args[0]} ended with ${exitCode}\n${output}`);
  };
}

async function run(program: string, ...args: readonly string[]): Promise<void> {
  const [code] = await once(spawn(program, args, { stdio: 'inherit' }), 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}
