// The servers, with all that they have, as they were in the middle of a lesson.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestCluster, testCluster } from '../../support/cluster.ts';
import { ask, never } from '../../support/servers.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster();
});
beforeEach(() => cluster.reset({ signal: never }));

const run = (sql: string, node = 'coordinator') => ask(cluster, node, sql);
const servers = () => cluster.checkpoints!.servers;
const states = async () =>
  Object.fromEntries((await cluster.nodes()).map(({ name, state }) => [name, state]));
const standbyOf = (of: string, synchronous = true) => ({
  name: `${of}-standby`,
  of,
  synchronous,
  delayMs: 0,
  slot: true,
});

test('roles, settings, slots, sequences, unlogged tables and who runs come back', async () => {
  await run('CREATE ROLE somebody', 'worker-1');
  await run(`ALTER SYSTEM SET work_mem = '77kB'`, 'worker-2');
  await run('CREATE SEQUENCE numbers');
  await run(`SELECT nextval('numbers') FROM generate_series(1, 3)`);
  await run('CREATE UNLOGGED TABLE quick AS SELECT 1 AS a');
  await cluster.servers!.standby(standbyOf('worker-1'), never);
  await cluster.servers!.kill('worker-2', never);
  expect(await servers().keep(never)).toBe(true);
  const before = await states();
  expect(before).toMatchObject({ 'worker-1-standby': 'up', 'worker-2': 'down' });
  for (const change of [
    () => cluster.servers!.start('worker-2', never),
    async () => {
      await cluster.servers!.kill('worker-1', never);
      await cluster.servers!.promote('worker-1-standby', never);
    },
    async () => {
      await run('DROP ROLE somebody', 'worker-1');
      await run('DROP TABLE quick');
      await run(`SELECT nextval('numbers')`);
    },
  ]) {
    await change();
    expect(await servers().restore(never)).toBe(true);
    expect(await states()).toEqual(before);
    expect(await run(`SELECT count(*)::int FROM pg_roles WHERE rolname = 'somebody'`, 'worker-1')).toEqual([
      [1],
    ]);
    expect(await run(`SELECT application_name, sync_state FROM pg_stat_replication`, 'worker-1')).toEqual([
      ['worker-1-standby', 'sync'],
    ]);
    expect(await run('SELECT count(*)::int FROM pg_replication_slots', 'worker-1')).toEqual([[1]]);
    expect(await run('SELECT a FROM quick')).toEqual([[1]]);
    expect(await run('SELECT last_value::int, log_cnt > 0 FROM numbers')).toEqual([[3, true]]);
  }
  await cluster.servers!.start('worker-2', never);
  expect(await run('SHOW work_mem', 'worker-2')).toEqual([['77kB']]);
});

test('a reset forgets it', async () => {
  expect(await servers().keep(never)).toBe(true);
  await cluster.reset({ signal: never });
  expect(await servers().restore(never)).toBe(false);
});

test('none is kept while a standby does not replay, or does so later', async () => {
  const standby = 'worker-1-standby';
  await cluster.servers!.standby(standbyOf('worker-1'), never);
  await run('SELECT pg_wal_replay_pause()', standby);
  expect(await servers().keep(never)).toBe(false);
  await run('SELECT pg_wal_replay_resume()', standby);
  expect(await servers().keep(never)).toBe(true);
  await cluster.servers!.standby({ ...standbyOf('worker-1', false), delayMs: 60_000 }, never);
  expect(await servers().keep(never)).toBe(false);
});

test('a standby that has replayed the log up to a restore point is there again', async () => {
  const standby = 'worker-1-standby';
  const replayed = async () =>
    (
      await run(
        `SELECT pg_get_wal_replay_pause_state(), to_regclass('noon') IS NOT NULL, to_regclass('later') IS NOT NULL`,
        standby,
      )
    )[0];
  await cluster.servers!.standby(standbyOf('worker-1', false), never);
  await run(`ALTER SYSTEM SET recovery_target_name = 'noon'`, standby);
  await cluster.servers!.stop(standby, never);
  await run('CREATE TABLE noon ()', 'worker-1');
  await run(`SELECT pg_create_restore_point('noon')`, 'worker-1');
  await run('CREATE TABLE later ()', 'worker-1');
  await cluster.servers!.start(standby, never);
  await expect.poll(replayed, { timeout: 20_000 }).toEqual(['paused', true, false]);
  expect(await servers().keep(never)).toBe(true);
  expect(await replayed()).toEqual(['paused', true, false]);
  await run('SELECT pg_wal_replay_resume()', standby);
  expect(await servers().restore(never)).toBe(true);
  expect(await replayed()).toEqual(['paused', true, false]);
});
