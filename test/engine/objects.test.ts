// What is on all nodes, where Citus is no measure: with copies of shards, on a worker, on nodes that come back, in programs that tell
// nobody of roles.
import { afterAll, expect } from 'vitest';
import { clusterTest, type TestCluster } from '../support/cluster.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest();

let cluster: TestCluster;
let db: Session;
test.beforeAll(async ({ cluster: own }) => {
  cluster = own;
  db = await openSession(cluster);
  await db.rows('SET citus.shard_count = 4');
});
afterAll(() => db.close());

const onWorkers = (query: string) =>
  db.column(`SELECT result FROM run_command_on_workers($_$${query}$_$) ORDER BY 1`);

test('with copies to come, a type is made for all connections', async () => {
  await db.rows('SET citus.shard_replication_factor = 2');
  await db.rows(`BEGIN; CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (k int, m mood)`);
  await db.rows(`SELECT create_distributed_table('t', 'k'); INSERT INTO t VALUES (1, 'a'); COMMIT`);
  expect(await db.rows('SELECT * FROM t')).toEqual([['1', 'a']]);
  await db.rows('DROP TABLE t');
  await db.rows('DROP TYPE mood');
  expect(await onWorkers(`SELECT count(*) FROM pg_type WHERE typname = 'mood'`)).toEqual(['0', '0']);
});

test('what a rollback has left there is replaced', async () => {
  await db.rows(`BEGIN; CREATE TYPE left_over AS (a int); ROLLBACK`);
  expect(await onWorkers(`SELECT count(*) FROM pg_type WHERE typname = 'left_over'`)).toEqual(['1', '1']);
  await db.rows('CREATE TYPE left_over AS (b text)');
  expect(await onWorkers(`SELECT (ROW('x')::left_over).b`)).toEqual(['x', 'x']);
  await db.rows('DROP TYPE left_over; RESET citus.shard_replication_factor');
});

test('a node that comes back knows what was made and changed meanwhile', async () => {
  await db.rows(
    `CREATE TYPE size AS ENUM ('s'); CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  );
  await db.rows(`SELECT citus_disable_node('worker-2', 5432)`);
  await db.rows(`ALTER TYPE size ADD VALUE 'm'; CREATE EXTENSION hstore; REVOKE ALL ON FUNCTION one() FROM PUBLIC;
                 CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 11'`);
  await db.rows(`SELECT citus_activate_node('worker-2', 5432)`);
  expect(await onWorkers('SELECT enum_range(NULL::size)')).toEqual(['{s,m}', '{s,m}']);
  expect(await onWorkers('SELECT one()')).toEqual(['11', '11']);
  expect(
    await onWorkers(
      `SELECT count(*) FROM pg_proc, aclexplode(proacl) a WHERE proname = 'one' AND grantee = 0`,
    ),
  ).toEqual(['0', '0']);
  expect(await onWorkers(`SELECT 'a=>1'::hstore -> 'a'`)).toEqual(['1', '1']);
  await db.rows('DROP TYPE size; DROP FUNCTION one(); DROP EXTENSION hstore');
});

test('what is made on a worker stays there', async () => {
  const worker = await openSession(cluster, 'worker-1');
  await worker.rows('SET citus.enable_ddl_propagation = off');
  await worker.rows(
    `CREATE FUNCTION here() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE here AS (a int)`,
  );
  expect(
    await db.column(`SELECT count(*) FROM pg_dist_object WHERE classid <> 'pg_namespace'::regclass`),
  ).toEqual(['0']);
  await worker.rows('DROP FUNCTION here(); DROP TYPE here');
  await worker.close();
});

test('a condition on a key of an extension is answered by one shard', async () => {
  await db.rows(`CREATE EXTENSION citext; CREATE TABLE users (name citext PRIMARY KEY, n int)`);
  await db.rows(`SELECT create_distributed_table('users', 'name'); INSERT INTO users VALUES ('Ann', 1)`);
  expect(await db.column(`SELECT n FROM users WHERE name = 'ANN'`)).toEqual(['1']);
  expect(await db.error('DROP EXTENSION citext')).toMatch(/^2BP01/);
  await db.rows('DROP TABLE users; DROP EXTENSION citext');
  expect(await db.column(`SELECT count(*) FROM pg_opclass WHERE opcname ~ '^citext_in'`)).toEqual(['0']);
});

test('roles of other programs reach the workers with what uses them next', async () => {
  await db.rows(`CREATE ROLE readers; CREATE ROLE alice LOGIN PASSWORD 'secret'; GRANT readers TO alice`);
  expect(await onWorkers(`SELECT pg_has_role('alice', 'readers', 'member')`)).toEqual(['t', 't']);
  const password = await db.column(`SELECT rolpassword FROM pg_authid WHERE rolname = 'alice'`);
  expect(await onWorkers(`SELECT rolpassword FROM pg_authid WHERE rolname = 'alice'`)).toEqual([
    ...password,
    ...password,
  ]);
  expect(
    await db.column(`SELECT count(*) FROM citus_internal.told_object WHERE state::text ~ 'SCRAM'`),
  ).toEqual(['0']);

  await db.rows(`CREATE TABLE t2 (k int); SELECT create_distributed_table('t2', 'k')`);
  await db.rows('CREATE ROLE writers; GRANT INSERT ON t2 TO writers; ALTER ROLE writers NOINHERIT');
  expect(await onWorkers(`SELECT rolinherit FROM pg_roles WHERE rolname = 'writers'`)).toEqual(['f', 'f']);

  await db.rows('DROP TABLE t2; DROP ROLE alice, readers, writers');
  expect(await onWorkers(`SELECT count(*) FROM pg_roles WHERE rolname ~ 'alice|readers|writers'`)).toEqual([
    '0',
    '0',
  ]);
});
