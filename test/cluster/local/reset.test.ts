import pg from 'pg';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { localClusters, type TestCluster, testCluster } from '../../support/cluster.ts';
import { ask, kill, never, pids } from '../../support/servers.ts';

const initSql = `
CREATE TABLE demo (a int);
SELECT create_distributed_table('demo', 'a', shard_count := 4);
INSERT INTO demo SELECT generate_series(1, 100);`;

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster();
});
beforeEach(() => cluster.reset({ initSql, signal: never }));

const demo = () => ask(cluster, 'coordinator', 'SELECT count(*)::int FROM demo');
const count = (what: string, node = 'coordinator') => ask(cluster, node, `SELECT count(*)::int FROM ${what}`);

test('a reset applies init.sql, once more and without it', async () => {
  expect(await demo()).toEqual([[100]]);
  await ask(cluster, 'coordinator', 'DELETE FROM demo');
  await ask(cluster, 'coordinator', 'CREATE TABLE more ()');
  await cluster.reset({ initSql, signal: never });
  expect(await demo()).toEqual([[100]]);
  expect(await ask(cluster, 'coordinator', `SELECT to_regclass('more')`)).toEqual([[null]]);
  await cluster.reset({ signal: never });
  expect(await ask(cluster, 'coordinator', `SELECT to_regclass('demo')`)).toEqual([[null]]);
  expect(await count('pg_dist_node')).toEqual([[3]]);
  expect(await count(`pg_class WHERE relname LIKE 'demo%'`, 'worker-1')).toEqual([[0]]);
});

test('a reset ends sessions and removes roles, databases and settings', async () => {
  const session = new pg.Client({ ...(await cluster.address('worker-1')) });
  const lost = new Promise((resolve) => session.on('error', resolve));
  await session.connect();
  await ask(cluster, 'coordinator', 'CREATE ROLE somebody');
  await ask(cluster, 'coordinator', 'CREATE TABLE theirs ()');
  await ask(cluster, 'coordinator', 'ALTER TABLE theirs OWNER TO somebody');
  await ask(cluster, 'coordinator', 'GRANT somebody TO postgres');
  await ask(cluster, 'coordinator', 'CREATE DATABASE other OWNER somebody IS_TEMPLATE true');
  await ask(cluster, 'worker-2', 'ALTER ROLE postgres SET work_mem = 12345');
  await ask(cluster, 'worker-2', `ALTER SYSTEM SET work_mem = '77kB'`);
  await ask(cluster, 'worker-1', 'ALTER SYSTEM SET max_connections = 50');
  await cluster.reset({ initSql, signal: never });
  await lost;
  expect(await count(`pg_roles WHERE rolname = 'somebody'`)).toEqual([[0]]);
  expect(await count(`pg_database WHERE datname = 'other'`)).toEqual([[0]]);
  expect(await count('pg_db_role_setting', 'worker-2')).toEqual([[0]]);
  expect(await count(`pg_file_settings WHERE sourcefile LIKE '%.auto.conf'`, 'worker-1')).toEqual([[0]]);
  expect(await ask(cluster, 'worker-1', 'SHOW max_connections')).toEqual([['100']]);
});

test('a setting that needs a restart is gone after a reset', async () => {
  await ask(cluster, 'worker-1', 'ALTER SYSTEM SET max_connections = 50');
  await localClusters(cluster.stateDir).down('default', { purge: false, signal: never });
  await cluster.reset({ initSql, signal: never });
  expect(await ask(cluster, 'worker-1', 'SHOW max_connections')).toEqual([['100']]);
});

test('a reset does not wait for a standby that nobody has', async () => {
  await ask(cluster, 'worker-1', `ALTER SYSTEM SET synchronous_standby_names = 'nobody'`);
  await ask(cluster, 'worker-1', 'SELECT pg_reload_conf()');
  await cluster.reset({ initSql, signal: never });
  expect(await ask(cluster, 'worker-1', 'SHOW synchronous_standby_names')).toEqual([['']]);
  expect(await demo()).toEqual([[100]]);
});

test('a reset removes a subscription and its slot', async () => {
  await ask(cluster, 'worker-1', 'CREATE TABLE t (a int PRIMARY KEY)');
  await ask(cluster, 'worker-2', 'CREATE TABLE t (a int PRIMARY KEY)');
  await ask(cluster, 'worker-1', 'CREATE PUBLICATION p FOR TABLE t');
  const { port, password } = await cluster.address('worker-1');
  await ask(
    cluster,
    'worker-2',
    `CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=${port} user=postgres password=${password} dbname=postgres' PUBLICATION p`,
  );
  await cluster.reset({ initSql, signal: never });
  expect(await count('pg_subscription', 'worker-2')).toEqual([[0]]);
  expect(await count('pg_replication_slots', 'worker-1')).toEqual([[0]]);
});

test('a reset starts a server that was killed', async () => {
  await kill((await pids(cluster))[2]!);
  await cluster.reset({ initSql, signal: never });
  expect(await demo()).toEqual([[100]]);
});

test('an init.sql that makes roles is applied each time', async () => {
  const withRole = `${initSql} CREATE ROLE app; ALTER TABLE demo OWNER TO app;`;
  await cluster.reset({ initSql: withRole, signal: never });
  await cluster.reset({ initSql: withRole, signal: never });
  expect(await count(`pg_roles WHERE rolname = 'app'`)).toEqual([[1]]);
});

test('an init.sql that fails is named with its line', async () => {
  const failure = await cluster
    .reset({ initSql: 'SELECT 1;\nSELECT nonsense;', signal: never })
    .catch((e) => e);
  expect(failure).toMatchObject({ name: 'UserError', code: 'cluster' });
  expect(failure.message).toBe('column "nonsense" does not exist');
  expect(failure.place).toEqual({ file: 'init.sql', line: 2 });
});
