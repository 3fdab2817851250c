// ALTER TABLE … SET and SET UNLOGGED, where they end early or others run them. What they do is in `46-storage.md`.
import { afterAll, expect } from 'vitest';
import { clusterTest, type TestCluster } from '../support/cluster.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest();

let cluster: TestCluster;
let db: Session;
test.beforeAll(async ({ cluster: own }) => {
  cluster = own;
  db = await openSession(cluster);
  await db.rows(`SET citus.shard_count = 4; CREATE TABLE t (k int PRIMARY KEY, v text) WITH (fillfactor = 60);
                 SELECT create_distributed_table('t', 'k'); INSERT INTO t VALUES (1, 'a')`);
});
afterAll(() => db.close());

/** What the table has, and what each of its shards has. */
const storage = async () => [
  ...(await db.column(
    `SELECT concat(relkind, relpersistence, reloptions) FROM pg_class WHERE oid = 't'::regclass`,
  )),
  ...(await db.column(`SELECT DISTINCT result FROM run_command_on_shards('t',
    $$SELECT concat(relpersistence, reloptions) FROM pg_class WHERE oid = '%s'::regclass$$)`)),
];

test('a session that ends in the middle leaves everything as it was', async () => {
  const other = await openSession(cluster);
  await other.rows('BEGIN; ALTER TABLE t SET (fillfactor = 61); ALTER TABLE t SET UNLOGGED');
  await other.error('SELECT pg_terminate_backend(pg_backend_pid())');
  expect(await storage()).toEqual(['pp{fillfactor=60}', 'p{fillfactor=60}']);
  expect(await db.rows('SELECT * FROM t')).toEqual([['1', 'a']]);
});

test('so does a statement that is cancelled while it tells the shards', async () => {
  const [shard] = await db.rows(
    `SELECT shard_name('t', shardid), nodename FROM citus_shards WHERE table_name = 't'::regclass LIMIT 1`,
  );
  const worker = await openSession(cluster, shard![1]!);
  await worker.rows(`BEGIN; SELECT FROM ${shard![0]}`);
  await db.rows(`BEGIN; SET LOCAL statement_timeout = '1s'; SAVEPOINT before`);
  expect(await db.error('ALTER TABLE t SET UNLOGGED')).toMatch(/^57014/);
  await db.rows('ROLLBACK TO before; ALTER TABLE t SET (autovacuum_enabled = off); COMMIT');
  await worker.close();
  const same = '{fillfactor=60,autovacuum_enabled=off}';
  expect(await storage()).toEqual([`pp${same}`, `p${same}`]);
  await db.rows('ALTER TABLE t RESET (autovacuum_enabled)');
});

test('an owner needs no other rights, and others have none', async () => {
  await db.rows('CREATE ROLE keeper; SET ROLE keeper');
  expect(await db.error('ALTER TABLE t SET (fillfactor = 62)')).toBe('42501: must be owner of table t');
  expect(await db.error('ALTER INDEX t_pkey SET (fillfactor = 62)')).toBe(
    '42501: must be owner of index t_pkey',
  );
  await db.rows('RESET ROLE');
  await db.rows('GRANT CREATE ON SCHEMA public TO keeper');
  await db.rows('ALTER TABLE t OWNER TO keeper');
  await db.rows(
    'SET ROLE keeper; ALTER TABLE t SET (fillfactor = 63); ALTER TABLE t SET UNLOGGED; RESET ROLE',
  );
  expect(await storage()).toEqual(['pu{fillfactor=63}', 'u{fillfactor=63}']);
  await db.rows('ALTER TABLE t OWNER TO CURRENT_USER');
  await db.rows('ALTER TABLE t SET LOGGED');
  await db.rows('DROP OWNED BY keeper');
  await db.rows('DROP ROLE keeper');
});

test('statements that are sent together are taken one by one, or refused', async () => {
  await db.rows('ALTER TABLE t SET (fillfactor = 64); ALTER INDEX t_pkey SET (fillfactor = 65)');
  expect(await storage()).toEqual(['pp{fillfactor=64}', 'p{fillfactor=64}']);
  expect(await db.error('ALTER TABLE t SET (fillfactor = 66); ALTER TABLE t ADD COLUMN w int')).toMatch(
    /^0A000.*storage and columns/,
  );
});
