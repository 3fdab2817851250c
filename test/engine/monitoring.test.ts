// Watching the cluster. Recorded on Citus 13.2.2.
import { afterAll, expect } from 'vitest';
import { clusterTest, type TestCluster } from '../support/cluster.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest();

let cluster: TestCluster;
let db: Session;
test.beforeAll(async ({ cluster: own }) => {
  cluster = own;
  db = await openSession(cluster);
  await db.rows('SET citus.shard_count = 4; CREATE TABLE t (k int, v int)');
  await db.rows(
    `SELECT create_distributed_table('t', 'k'); INSERT INTO t SELECT g, 0 FROM generate_series(1, 20) g`,
  );
});
afterAll(() => db.close());

test('a session has a number that is known all over the cluster', async () => {
  const [[gpid, pid]] = (await db.rows('SELECT citus_backend_gpid(), pg_backend_pid()')) as [
    [string, string],
  ];
  expect(Number(gpid)).toBe(1e10 + Number(pid));
  expect(
    await db.rows(
      `SELECT citus_nodeid_for_gpid(${gpid}), citus_pid_for_gpid(${gpid}), citus_calculate_gpid(2, 55)`,
    ),
  ).toEqual([['1', pid, '20000000055']]);
});

test('who waits for whom is seen, and what they do on which node', async () => {
  const [holder, waiter] = [await openSession(cluster), await openSession(cluster)];
  await holder.rows('BEGIN; UPDATE t SET v = 1 WHERE k = 1');
  const waits = waiter.rows('UPDATE t SET v = 2 WHERE k = 1');
  const lockWaits = () =>
    db.rows(
      'SELECT blocked_statement, current_statement_in_blocking_process, waiting_nodeid, blocking_nodeid FROM citus_lock_waits',
    );
  while ((await lockWaits()).length === 0);
  expect(await lockWaits()).toEqual([
    ['UPDATE t SET v = 2 WHERE k = 1', 'BEGIN; UPDATE t SET v = 1 WHERE k = 1', '1', '1'],
  ]);
  const activity = (view: string) =>
    db.rows(`SELECT nodeid, is_worker_query, state, wait_event_type FROM ${view}
              WHERE (query LIKE '%t_1%' OR query LIKE 'BEGIN; UPDATE%' OR query LIKE 'UPDATE t%')
                AND pid <> pg_backend_pid() ORDER BY nodeid, is_worker_query, state, wait_event_type`);
  expect((await activity('citus_stat_activity')).map(([nodeid, worker]) => [nodeid, worker])).toEqual([
    ['1', 'f'],
    ['1', 'f'],
    ['2', 't'],
    ['2', 't'],
  ]);
  expect(await activity('citus_dist_stat_activity')).toHaveLength(2);
  expect(
    await db.rows(
      `SELECT nodeid, count(DISTINCT global_pid) FROM citus_locks WHERE relation_name ~ '^t_1' GROUP BY 1 ORDER BY 1`,
    ),
  ).toContainEqual(['2', '2']);
  await holder.rows('ROLLBACK');
  await waits;
  expect(await lockWaits()).toEqual([]);
  for (const session of [holder, waiter]) await session.close();
});

test('the connections to other nodes are counted', async () => {
  await db.rows('SELECT count(*) FROM t');
  expect(
    (
      await db.rows(
        'SELECT hostname, port, connection_count_to_node > 0 FROM citus_remote_connection_stats()',
      )
    ).slice(-2),
  ).toEqual([
    ['worker-1', '5432', 't'],
    ['worker-2', '5432', 't'],
  ]);
});

test('statistics of statements need an extension that is not there', async () => {
  expect(await db.error('SELECT count(*) FROM citus_stat_statements')).toBe(
    'P0001: pg_stat_statements is not installed',
  );
  expect(await db.rows('SELECT citus_stat_statements_reset()')).toEqual([['']]);
});

test('tenants are not counted, which is said where it was asked for', async () => {
  expect(await db.rows('SELECT * FROM citus_stat_tenants')).toEqual([]);
  await db.rows("SET citus.stat_tenants_track = 'all'");
  expect(await db.error('SELECT * FROM citus_stat_tenants')).toMatch(/^0A000: .* --cluster docker$/);
  await db.rows('RESET citus.stat_tenants_track');
});
