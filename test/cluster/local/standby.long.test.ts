// Streaming replication: standbys made, promoted, rebuilt and removed; what a reset, `up` and `down` make of them.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { StandbyOptions } from '../../../runner/cluster/port.ts';
import { findProcesses, isAlive } from '../../../runner/system/processes.ts';
import { localClusters, type TestCluster, testCluster } from '../../support/cluster.ts';
import {
  ask,
  clusterFolder,
  never,
  occupy,
  pids,
  readRecord,
  statesOf,
  up,
  writeRecord,
} from '../../support/servers.ts';

const base = { coordinator: 'up', 'worker-1': 'up', 'worker-2': 'up' };

let cluster: TestCluster;
let verbs: NonNullable<TestCluster['servers']>;
beforeAll(async () => {
  cluster = await testCluster();
  verbs = cluster.servers!;
});
/** Whatever a test has left: a lesson starts from the base, and no commit waits for anybody. */
afterEach(async () => {
  await cluster.reset({ signal: never });
  expect(await statesOf(cluster)).toEqual(base);
  for (const node of Object.keys(base)) {
    expect(await ask(cluster, node, 'SHOW synchronous_standby_names')).toEqual([['']]);
    expect(await ask(cluster, node, 'SELECT slot_name FROM pg_replication_slots')).toEqual([]);
    await ask(cluster, node, 'CREATE TABLE written ()');
  }
  expect(await ask(cluster, 'coordinator', 'SELECT nodename FROM pg_dist_node ORDER BY nodeid')).toEqual([
    ['coordinator'],
    ['worker-1'],
    ['worker-2'],
  ]);
  expect(await folders()).toEqual(Object.keys(base));
});

const folders = async () => {
  const entries = await readdir(clusterFolder(cluster.stateDir), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory() && entry.name !== 'engine');
  return names.map(({ name }) => name).sort();
};
const follow = (of: string, options: Partial<StandbyOptions> = {}) =>
  verbs.standby(
    { name: `${of}-standby`, of, synchronous: false, delayMs: 0, slot: false, ...options },
    never,
  );
const stateOf = async (node: string) => (await statesOf(cluster))[node];
const nodeOf = async (node: string) => (await cluster.nodes()).find(({ name }) => name === node);
/** Until the answer is this one. */
const eventually = async (node: string, sql: string, answer: readonly (readonly unknown[])[]) => {
  await expect
    .poll(() => ask(cluster, node, sql).catch(String), { timeout: 20_000, interval: 20 })
    .toEqual(answer);
};
const senders = (node: string) =>
  ask(cluster, node, 'SELECT application_name, state, sync_state FROM pg_stat_replication ORDER BY 1');

describe('a standby', () => {
  test('streams, refuses writes, and knows what it follows', async () => {
    await ask(cluster, 'worker-1', 'CREATE TABLE t AS SELECT 1 AS a');
    await follow('worker-1');
    expect(await senders('worker-1')).toEqual([['worker-1-standby', 'streaming', 'async']]);
    expect(await nodeOf('worker-1-standby')).toMatchObject({
      role: 'standby',
      follows: 'worker-1',
      state: 'up',
    });
    await eventually('worker-1-standby', 'SELECT a FROM t', [[1]]);
    await ask(cluster, 'worker-1', 'INSERT INTO t VALUES (2)');
    await eventually('worker-1-standby', 'SELECT count(*)::int FROM t', [[2]]);
    await expect(ask(cluster, 'worker-1-standby', 'DELETE FROM t')).rejects.toThrow('read-only transaction');
  });

  test('made twice is left as it is, and with other options it follows in the other way', async () => {
    await follow('worker-1');
    const pid = (await nodeOf('worker-1-standby'))?.pid;
    await follow('worker-1');
    await follow('worker-1', { synchronous: true, delayMs: 200, slot: true });
    expect(await senders('worker-1')).toEqual([['worker-1-standby', 'streaming', 'sync']]);
    expect(await ask(cluster, 'worker-1-standby', 'SHOW recovery_min_apply_delay')).toEqual([['200ms']]);
    await eventually('worker-1', 'SELECT slot_name, active FROM pg_replication_slots', [
      ['worker_1_standby', true],
    ]);
    await follow('worker-1');
    expect(await senders('worker-1')).toEqual([['worker-1-standby', 'streaming', 'async']]);
    expect(await ask(cluster, 'worker-1', 'SELECT slot_name FROM pg_replication_slots')).toEqual([]);
    expect((await nodeOf('worker-1-standby'))?.pid).toBe(pid);
  });

  test('that is synchronous holds up commits while it is away, until it is removed', async () => {
    await follow('worker-1', { synchronous: true });
    await verbs.pause('worker-1-standby', never);
    const waiting = ask(cluster, 'worker-1', 'CREATE TABLE t ()');
    await eventually(
      'worker-1',
      `SELECT DISTINCT wait_event FROM pg_stat_activity WHERE wait_event = 'SyncRep'`,
      [['SyncRep']],
    );
    await verbs.remove('worker-1-standby', never);
    await waiting;
    expect(await statesOf(cluster)).toEqual(base);
  });

  test('with a slot leaves none when it is removed', async () => {
    await follow('worker-1', { slot: true });
    await verbs.remove('worker-1-standby', never);
    expect(await ask(cluster, 'worker-1', 'SELECT slot_name FROM pg_replication_slots')).toEqual([]);
  });

  test('catches up after it was killed, paused, or its primary came back on another port', async () => {
    await ask(cluster, 'worker-1', 'CREATE TABLE t (a int)');
    await follow('worker-1');
    const insert = () => ask(cluster, 'worker-1', 'INSERT INTO t VALUES (1)');
    for (const [away, back] of [
      ['kill', 'start'],
      ['pause', 'resume'],
    ] as const) {
      await verbs[away]('worker-1-standby', never);
      await insert();
      await verbs[back]('worker-1-standby', never);
    }
    await eventually('worker-1-standby', 'SELECT count(*)::int FROM t', [[2]]);
    await verbs.stop('worker-1', never);
    const release = await occupy((await cluster.address('worker-1')).port);
    await verbs.start('worker-1', never).finally(release);
    await insert();
    await eventually('worker-1-standby', 'SELECT count(*)::int FROM t', [[3]]);
  });

  test('that was paused learns on resuming where its primary is now', async () => {
    await follow('worker-1');
    await verbs.pause('worker-1-standby', never);
    await verbs.kill('worker-1', never);
    const release = await occupy((await cluster.address('worker-1')).port);
    await verbs.start('worker-1', never).finally(release);
    await verbs.resume('worker-1-standby', never);
    await eventually('worker-1', `SELECT state FROM pg_stat_replication`, [['streaming']]);
  });

  test('its primary is stopped in time, though it is paused', async () => {
    await follow('worker-1');
    await verbs.pause('worker-1-standby', never);
    await verbs.stop('worker-1', never);
    expect(await stateOf('worker-1')).toBe('down');
  });
});

describe('a standby is refused', () => {
  test('of a standby, of itself, of a node that is down or paused or unknown', async () => {
    await follow('worker-1');
    await expect(follow('worker-1-standby')).rejects.toThrow('worker-1-standby is itself a standby');
    await expect(follow('worker-1', { name: 'worker-1' })).rejects.toThrow('worker-1 cannot follow itself');
    await expect(follow('worker-9')).rejects.toThrow('unknown node "worker-9"');
    await verbs.pause('worker-2', never);
    await expect(follow('worker-2')).rejects.toThrow('worker-2 is paused');
    await verbs.kill('worker-2', never);
    await expect(follow('worker-2')).rejects.toThrow('worker-2 is down');
  });

  test('in the place of a node with data of its own, whether it is up or down', async () => {
    const message = 'the node "worker-2" already exists and has data of its own';
    await expect(follow('worker-1', { name: 'worker-2' })).rejects.toThrow(message);
    await verbs.stop('worker-2', never);
    await expect(follow('worker-1', { name: 'worker-2' })).rejects.toThrow(message);
  });

  test('and so is it to remove what it follows', async () => {
    await follow('worker-1');
    await expect(verbs.remove('worker-1', never)).rejects.toThrow('worker-1-standby follows it');
  });
});

describe('promotion', () => {
  const moveWorker = () =>
    ask(
      cluster,
      'coordinator',
      `SELECT citus_update_node(nodeid, 'worker-1-standby', 5432) FROM pg_dist_node WHERE nodename = 'worker-1'`,
    );

  test('takes the place of a worker that was killed; the old one is rebuilt, and takes its place again', async () => {
    await ask(cluster, 'coordinator', 'CREATE TABLE t (a int)');
    await ask(cluster, 'coordinator', `SELECT create_distributed_table('t', 'a', shard_count := 4)`);
    await follow('worker-1', { synchronous: true });
    await ask(cluster, 'coordinator', 'INSERT INTO t SELECT generate_series(1, 100)');
    await verbs.kill('worker-1', never);
    await verbs.promote('worker-1-standby', never);
    await verbs.promote('worker-1-standby', never);
    await moveWorker();
    expect(await ask(cluster, 'coordinator', 'SELECT count(*)::int FROM t')).toEqual([[100]]);
    await ask(cluster, 'coordinator', 'INSERT INTO t SELECT generate_series(101, 200)');
    expect(await nodeOf('worker-1')).toMatchObject({ state: 'down', replacedBy: 'worker-1-standby' });
    await expect(verbs.start('worker-1', never)).rejects.toThrow('both would accept writes');
    expect((await up(cluster.stateDir)).messages).toEqual([]);
    expect(await stateOf('worker-1')).toBe('down');

    await follow('worker-1-standby', { name: 'worker-1', synchronous: true });
    await verbs.kill('worker-1-standby', never);
    await verbs.promote('worker-1', never);
    await ask(
      cluster,
      'coordinator',
      `SELECT citus_update_node(nodeid, 'worker-1', 5432) FROM pg_dist_node WHERE nodename = 'worker-1-standby'`,
    );
    expect(await ask(cluster, 'coordinator', 'SELECT count(*)::int FROM t')).toEqual([[200]]);
  });

  test('that a node has missed is told to it when it is back', async () => {
    await follow('worker-1');
    await verbs.kill('worker-2', never);
    await verbs.kill('worker-1', never);
    await verbs.promote('worker-1-standby', never);
    await moveWorker();
    await verbs.start('worker-2', never);
    const names = 'SELECT nodename FROM pg_dist_node ORDER BY nodeid';
    expect(await ask(cluster, 'worker-2', names)).toEqual([
      ['coordinator'],
      ['worker-1-standby'],
      ['worker-2'],
    ]);
  });

  test('of the coordinator’s standby makes it the coordinator', async () => {
    await ask(cluster, 'coordinator', 'CREATE TABLE t (a int)');
    await ask(cluster, 'coordinator', `SELECT create_distributed_table('t', 'a', shard_count := 4)`);
    await follow('coordinator', { synchronous: true });
    await ask(cluster, 'coordinator', 'INSERT INTO t SELECT generate_series(1, 100)');
    await verbs.kill('coordinator', never);
    await verbs.promote('coordinator-standby', never);
    expect(await cluster.address('coordinator')).toEqual(await cluster.address('coordinator-standby'));
    await ask(cluster, 'coordinator', `SELECT citus_set_coordinator_host('coordinator-standby', 5432)`);
    await ask(cluster, 'coordinator', 'INSERT INTO t SELECT generate_series(101, 200)');
    expect(await ask(cluster, 'coordinator', 'SELECT count(*)::int FROM t')).toEqual([[200]]);
    await verbs.add('worker-3', never);
    await expect(verbs.remove('coordinator-standby', never)).rejects.toThrow('it is the coordinator');
    await verbs.remove('coordinator', never);
    expect(await statesOf(cluster)).toEqual({
      'worker-1': 'up',
      'worker-2': 'up',
      'worker-3': 'up',
      'coordinator-standby': 'up',
    });
  });

  test('is refused while the primary takes writes, and of a standby that is down or paused', async () => {
    await follow('worker-1');
    await expect(verbs.promote('worker-1-standby', never)).rejects.toThrow(
      'worker-1 is up: with worker-1-standby promoted',
    );
    await verbs.pause('worker-1-standby', never);
    await expect(verbs.promote('worker-1-standby', never)).rejects.toThrow('worker-1-standby is paused');
    await verbs.kill('worker-1-standby', never);
    await expect(verbs.promote('worker-1-standby', never)).rejects.toThrow('worker-1-standby is down');
    await verbs.promote('worker-1', never); // it takes writes already
  });

  test('after the primary was paused leaves it paused: both would accept writes', async () => {
    await follow('worker-1');
    await verbs.pause('worker-1', never);
    await verbs.promote('worker-1-standby', never);
    await expect(verbs.resume('worker-1', never)).rejects.toThrow('both would accept writes');
    await up(cluster.stateDir);
    expect(await stateOf('worker-1')).toBe('paused');
  });

  test('by SQL is seen, as one whose command was killed', async () => {
    await follow('worker-1');
    await verbs.kill('worker-1', never);
    await ask(cluster, 'worker-1-standby', 'SELECT pg_promote()');
    expect(await nodeOf('worker-1-standby')).toMatchObject({ role: 'worker', state: 'up' });
    expect(await nodeOf('worker-1')).toMatchObject({ replacedBy: 'worker-1-standby' });
    await verbs.promote('worker-1-standby', never);
    await verbs.remove('worker-1-standby', never);
    await verbs.start('worker-1', never); // nobody is in its place
  });

  test('of a standby that is behind by its delay replays all first', async () => {
    await ask(cluster, 'worker-1', 'CREATE TABLE t (a int)');
    await follow('worker-1', { delayMs: 600_000, synchronous: true });
    await ask(cluster, 'worker-1', 'INSERT INTO t VALUES (1)');
    expect(await ask(cluster, 'worker-1-standby', 'SELECT count(*)::int FROM t')).toEqual([[0]]);
    await verbs.kill('worker-1', never);
    await verbs.promote('worker-1-standby', never);
    expect(await ask(cluster, 'worker-1-standby', 'SELECT count(*)::int FROM t')).toEqual([[1]]);
  });
});

test('up and down know standbys, and purge leaves nothing of them', async () => {
  const own = await testCluster({ workers: 1, name: 'own' });
  const options = { stateDir: own.stateDir, signal: never };
  await own.servers!.standby({ name: 's', of: 'worker-1', synchronous: true, delayMs: 0, slot: true }, never);
  await own.servers!.pause('s', never);
  const running = await pids(own);
  expect(
    (await localClusters(options.stateDir).down('own', { ...options, purge: false })).stopped,
  ).toHaveLength(3);
  for (const pid of running) expect(await isAlive(pid)).toBe(false);
  await up(own.stateDir, { name: 'own' });
  await ask(own, 'worker-1', 'CREATE TABLE t ()');
  expect(await ask(own, 'worker-1', 'SELECT sync_state FROM pg_stat_replication')).toEqual([['sync']]);
  await own.servers!.kill('worker-1', never);
  await own.servers!.promote('s', never);
  await own.servers!.pause('s', never);
  await localClusters(options.stateDir).down('own', { ...options, purge: true });
  expect(await findProcesses((command) => command.includes(own.stateDir))).toEqual([]);
  expect(await readdir(join(own.stateDir, 'clusters'))).toEqual([]);
});

describe('a command that was killed', () => {
  test('while it copied leaves half a folder, which goes with the next', async () => {
    const half = join(clusterFolder(cluster.stateDir), 'worker-1-standby', 'data.half');
    await mkdir(half, { recursive: true });
    await writeFile(join(half, 'PG_VERSION'), '18');
    await verbs.start('worker-1', never);
    expect(await folders()).toEqual(Object.keys(base));
  });

  test('before the standby was started leaves one that is started by up', async () => {
    await follow('worker-1', { synchronous: true });
    await verbs.stop('worker-1-standby', never);
    expect((await up(cluster.stateDir)).messages).toEqual([
      'Started worker-1-standby, which was not running.',
    ]);
    await eventually('worker-1', 'SELECT sync_state FROM pg_stat_replication', [['sync']]);
  });

  test('while the old primary was rebuilt does not cost the cluster', async () => {
    await follow('worker-1');
    await verbs.kill('worker-1', never);
    await verbs.promote('worker-1-standby', never);
    const record = await readRecord(cluster.stateDir);
    record.nodes = record.nodes.filter(({ name }: { name: string }) => name !== 'worker-1');
    await writeRecord(cluster.stateDir, record);
    expect((await up(cluster.stateDir)).cluster.fresh).toBe(false);
  });
});
