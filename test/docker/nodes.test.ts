import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { dockerDriver } from '../../runner/cluster/drivers/docker/driver.ts';
import type { Servers } from '../../runner/cluster/port.ts';
import type { UpCluster } from '../../runner/cluster/provider.ts';
import { UserError } from '../../runner/errors.ts';
import { initSqlFile } from '../../runner/paths.ts';
import { ask } from '../support/servers.ts';
import { describeDocker, docker, never, remove, stateFolder, traces, up } from './containers.ts';

describeDocker('the nodes of a cluster in Docker', () => {
  let stateDir: string;
  let cluster: UpCluster;
  let servers: Servers;
  let initSql: string;

  beforeAll(async () => {
    stateDir = await stateFolder();
    initSql = await readFile(initSqlFile, 'utf8');
    cluster = (await up(stateDir)).cluster;
    servers = cluster.servers!;
  });
  afterAll(() => remove(stateDir, 'test'));
  beforeEach(() => cluster.reset({ initSql, signal: never }));

  const states = async () => (await cluster.nodes()).map(({ name, state }) => `${name} ${state}`);
  const count = async () => (await ask(cluster, 'coordinator', 'SELECT count(*) FROM sensor_data'))[0]![0];

  test('a worker that is killed is down, and has lost nothing when it runs again', async () => {
    await servers.kill('worker-2', never);
    expect(await states()).toEqual(['coordinator up', 'worker-1 up', 'worker-2 down']);
    await expect(count()).rejects.toThrow(/worker-2|connect/);
    await servers.kill('worker-2', never);
    await servers.start('worker-2', never);
    await servers.start('worker-2', never);
    expect(await count()).toBe('1000');
  });

  test('a worker stops in order and starts again', async () => {
    await servers.stop('worker-1', never);
    await servers.stop('worker-1', never);
    expect(await states()).toEqual(['coordinator up', 'worker-1 down', 'worker-2 up']);
    expect((await cluster.log('worker-1', 5)).join('\n')).toContain('database system is shut down');
    await expect(servers.pause('worker-1', never)).rejects.toThrow('worker-1 is down');
    await servers.start('worker-1', never);
    expect(await count()).toBe('1000');
  });

  test('a worker that is paused answers nobody until it is resumed', async () => {
    await servers.pause('worker-1', never);
    await servers.pause('worker-1', never);
    expect(await states()).toContain('worker-1 paused');
    const answer = count();
    const first = await Promise.race([
      answer,
      new Promise((resolve) => setTimeout(resolve, 1000, 'silence')),
    ]);
    expect(first).toBe('silence');
    await servers.resume('worker-1', never);
    await servers.resume('worker-1', never);
    expect(await answer).toBe('1000');
  });

  test('one that is paused can be killed, stopped and started', async () => {
    for (const verb of ['kill', 'stop'] as const) {
      await servers.pause('worker-2', never);
      await servers[verb]('worker-2', never);
      expect(await states()).toContain('worker-2 down');
      await servers.start('worker-2', never);
    }
    await servers.pause('worker-2', never);
    await servers.start('worker-2', never);
    expect(await count()).toBe('1000');
  });

  test('a worker cut off from the network is down, and the next lesson has it back', async () => {
    await docker('network', 'disconnect', 'lesson-test_cluster', 'lesson-test-worker-2-1');
    expect(await states()).toContain('worker-2 down');
    await expect(count()).rejects.toThrow(/worker-2/);
    await cluster.reset({ initSql, signal: never });
    expect(await states()).toEqual(['coordinator up', 'worker-1 up', 'worker-2 up']);
    expect(await count()).toBe('1000');
    expect(await ask(cluster, 'worker-2', 'SELECT 1')).toEqual([[1]]);
  });

  test('a worker is added, fills, drains and goes', async () => {
    await servers.add('worker-3', never);
    await servers.add('worker-3', never);
    await ask(cluster, 'coordinator', `SELECT rebalance_table_shards(shard_transfer_mode => 'block_writes')`);
    const onWorker3 = async () =>
      (
        await ask(cluster, 'coordinator', `SELECT count(*) FROM citus_shards WHERE nodename = 'worker-3'`)
      )[0]![0];
    expect(Number(await onWorker3())).toBeGreaterThan(0);
    await expect(servers.remove('worker-3', never)).rejects.toThrow('worker-3 cannot be removed');
    await ask(cluster, 'coordinator', `SELECT citus_drain_node('worker-3', 5432, 'block_writes')`);
    await servers.remove('worker-3', never);
    expect(await states()).toEqual(['coordinator up', 'worker-1 up', 'worker-2 up']);
    expect(await count()).toBe('1000');
    expect(await docker('volume', 'ls', '-q', '--filter', 'name=lesson-test_worker-3')).toBe('');
  });

  test('a standby streams, refuses writes, and takes the place of its primary', async () => {
    const standby = { name: 'standby-1', of: 'worker-1', synchronous: true, delayMs: 0, slot: true };
    await servers.standby(standby, never);
    await servers.standby(standby, never);
    expect((await cluster.nodes()).at(-1)).toMatchObject({
      role: 'standby',
      follows: 'worker-1',
      state: 'up',
    });
    expect(await ask(cluster, 'worker-1', 'SELECT sync_state, state FROM pg_stat_replication')).toEqual([
      ['sync', 'streaming'],
    ]);
    await expect(ask(cluster, 'standby-1', 'CREATE TABLE no ()')).rejects.toThrow('read-only');
    await ask(cluster, 'coordinator', 'INSERT INTO sensor_data (sensor_id) SELECT generate_series(1, 100)');
    await servers.kill('worker-1', never);
    await servers.promote('standby-1', never);
    await servers.promote('standby-1', never);
    await expect(servers.start('worker-1', never)).rejects.toThrow('both would accept writes');
    await ask(
      cluster,
      'coordinator',
      `SELECT citus_update_node(nodeid, 'standby-1', 5432) FROM pg_dist_node WHERE nodename = 'worker-1'`,
    );
    expect(await count()).toBe('1100');
    await servers.standby({ ...standby, name: 'worker-1', of: 'standby-1', synchronous: false }, never);
    expect((await cluster.nodes()).find(({ name }) => name === 'worker-1')).toMatchObject({
      follows: 'standby-1',
    });
    await cluster.reset({ initSql, signal: never });
    expect(await states()).toEqual(['coordinator up', 'worker-1 up', 'worker-2 up']);
    expect(await count()).toBe('1000');
  });

  test('a worker whose data became that of another one is itself again in the next lesson', async () => {
    await ask(cluster, 'coordinator', `SELECT citus_drain_node('worker-1', 5432, 'block_writes')`);
    await servers.remove('worker-1', never);
    await servers.standby(
      { name: 'worker-1', of: 'worker-2', synchronous: false, delayMs: 0, slot: false },
      never,
    );
    await servers.standby(
      { name: 'standby-2', of: 'worker-2', synchronous: false, delayMs: 0, slot: false },
      never,
    );
    await cluster.reset({ initSql, signal: never });
    expect(await states()).toEqual(['coordinator up', 'worker-1 up', 'worker-2 up']);
    expect(await traces('test')).toHaveLength(3 + 3 + 1);
    expect(await count()).toBe('1000');
    const placements = 'SELECT count(*) FROM citus_shards GROUP BY nodename';
    expect(await ask(cluster, 'coordinator', placements)).toEqual([['2'], ['2']]);
  });

  test('a synchronous standby that is gone holds nobody up in the next lesson', async () => {
    await servers.standby(
      { name: 'standby-1', of: 'coordinator', synchronous: true, delayMs: 100, slot: false },
      never,
    );
    await servers.kill('standby-1', never);
    await cluster.reset({ initSql, signal: never });
    expect(await ask(cluster, 'coordinator', 'SHOW synchronous_standby_names')).toEqual([['']]);
    expect(await count()).toBe('1000');
  });

  test('a coordinator that was replaced is itself again in the next lesson, and waits for nobody', async () => {
    const standby = { name: 'standby-1', of: 'coordinator', synchronous: true, delayMs: 0, slot: true };
    await servers.standby(standby, never);
    await servers.kill('coordinator', never);
    await servers.promote('standby-1', never);
    expect(await count()).toBe('1000'); // asked of the new one
    await cluster.reset({ initSql, signal: never });
    expect(await states()).toEqual(['coordinator up', 'worker-1 up', 'worker-2 up']);
    await ask(cluster, 'coordinator', 'INSERT INTO sensor_data (sensor_id) VALUES (1)');
    expect(await count()).toBe('1001');
  });

  const standbyOf = (of: string, name: string) => ({
    ...{ name, of, synchronous: false, delayMs: 0, slot: false },
  });

  test('a standby takes the place of no data of its own, follows no standby, and holds its primary', async () => {
    const made = () => docker('volume', 'inspect', '-f', '{{.CreatedAt}}', 'lesson-test_worker-2');
    const madeAt = await made();
    await servers.stop('worker-2', never);
    await expect(servers.standby(standbyOf('worker-1', 'worker-2'), never)).rejects.toThrow(
      'the node "worker-2" already exists and has data of its own',
    );
    expect(await made()).toBe(madeAt);
    await servers.standby(standbyOf('worker-1', 'standby-1'), never);
    await expect(servers.standby(standbyOf('standby-1', 'standby-2'), never)).rejects.toThrow(
      'standby-1 is itself a standby and cannot be followed',
    );
    await expect(servers.remove('worker-1', never)).rejects.toThrow('standby-1 follows it');
    await expect(servers.promote('standby-1', never)).rejects.toThrow(
      'worker-1 is up: with standby-1 promoted, both would accept writes',
    );
    expect(await ask(cluster, 'standby-1', 'SELECT pg_is_in_recovery()')).toEqual([[true]]);
  });

  test('a copy that fails leaves the data that was there', async () => {
    const { password } = await cluster.address('worker-2');
    const machines = dockerDriver().machines({
      ...{ name: 'test', id: '', password, report: () => {}, dir: join(stateDir, 'docker', 'test') },
      ...{
        state: { dir: stateDir, owner: undefined },
        blueprint: { image: process.env.LESSON_CITUS_IMAGE! },
      },
    });
    await servers.stop('worker-2', never);
    const fail = () => Promise.reject(new Error('the primary went away'));
    await expect(machines.copyData('worker-1', 'worker-2', fail, never)).rejects.toThrow('went away');
    await servers.start('worker-2', never);
    expect(await count()).toBe('1000');
  });

  test('a standby that is promoted by hand is noticed, and its primary stays down', async () => {
    await servers.standby(standbyOf('worker-1', 'standby-1'), never);
    await servers.kill('worker-1', never);
    const promote = ['psql', '-U', 'postgres', '-Atc', 'SELECT pg_promote()'];
    expect(await docker('exec', 'lesson-test-standby-1-1', ...promote)).toBe('t');
    const nodes = await cluster.nodes();
    expect(nodes.find(({ name }) => name === 'worker-1')).toMatchObject({ replacedBy: 'standby-1' });
    expect(nodes.find(({ name }) => name === 'standby-1')).toMatchObject({ role: 'worker', state: 'up' });
    await expect(servers.start('worker-1', never)).rejects.toThrow('both would accept writes');
  });

  test('what a server says against a command is told in a sentence', async () => {
    const slots = `SELECT pg_create_physical_replication_slot('s' || i) FROM generate_series(1, 10) i`;
    await ask(cluster, 'worker-1', slots);
    const standby = { ...standbyOf('worker-1', 'standby-1'), slot: true };
    const error = await servers.standby(standby, never).catch((reason) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe('"lesson node standby worker-1" failed: all replication slots are in use');
  });

  test('a worker that lets nobody in is repaired, and keeps its data', async () => {
    await ask(cluster, 'worker-1', 'ALTER ROLE postgres NOLOGIN');
    const { messages } = await up(stateDir);
    expect(messages.at(-1)).toMatch(/^The servers of the cluster "test" were repaired: worker-1 .*log in\.$/);
    expect(await count()).toBe('1000');
  });

  test('a cluster with a server whose control data is damaged is replaced', async () => {
    await servers.stop('worker-1', never);
    const volume = 'lesson-test_worker-1:/var/lib/postgresql';
    const file = '/var/lib/postgresql/18/docker/global/pg_control';
    const image = process.env.LESSON_CITUS_IMAGE!;
    await docker('run', '--rm', '-v', volume, '--entrypoint', 'truncate', image, '-s', '100', file);
    const { messages } = await up(stateDir);
    const replaced =
      /^The cluster "test" cannot be repaired \(the container of worker-1 exited .*\)\. Replacing it with a new one\.$/;
    expect(messages).toContainEqual(expect.stringMatching(replaced));
    await cluster.reset({ initSql, signal: never });
    expect(await count()).toBe('1000');
  });

  test('an unknown node is named, with those that there are', async () => {
    await expect(servers.kill('worker-9', never)).rejects.toThrow(
      'unknown node "worker-9" in the cluster "test"; known: coordinator, worker-1, worker-2',
    );
  });
});
