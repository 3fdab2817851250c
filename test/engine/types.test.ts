// Types that users made, in distributed tables. Recorded on Citus 13.2.2.
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

test('enums, domains and composite types are made on the workers', async () => {
  await db.rows(`CREATE SCHEMA kinds; CREATE TYPE kinds.mood AS ENUM ('a', 'b');
                 CREATE DOMAIN posint AS int CHECK (VALUE > 0) NOT NULL; CREATE TYPE comp AS (x posint, y kinds.mood)`);
  await db.rows(
    'CREATE TABLE t (k int, m kinds.mood, c comp, ms kinds.mood[]); CREATE TABLE r (m kinds.mood PRIMARY KEY)',
  );
  await db.rows(`SELECT create_distributed_table('t', 'k'); SELECT create_reference_table('r')`);
  await db.rows(
    `INSERT INTO t SELECT g, 'a', ('(' || g || ',b)')::comp, '{a,b}' FROM generate_series(1, 20) g; INSERT INTO r VALUES ('a')`,
  );
  expect(await db.rows(`SELECT t.* FROM t JOIN r USING (m) WHERE k = 3`)).toEqual([
    ['3', 'a', '(3,b)', '{a,b}'],
  ]);
  expect(await db.error(`INSERT INTO t (k, c) VALUES (1, '(-1,)')`)).toMatch(/^23514/);

  await db.rows(
    `ALTER TYPE kinds.mood ADD VALUE 'between' BEFORE 'b'; ALTER TYPE kinds.mood ADD VALUE 'last'`,
  );
  await db.rows(`INSERT INTO t VALUES (21, 'between'), (22, 'last'); INSERT INTO r VALUES ('last')`);
  expect(await db.column('SELECT m FROM t WHERE k > 20 ORDER BY m')).toEqual(['between', 'last']);
  expect(
    await db.column(`SELECT result FROM run_command_on_workers('SELECT enum_range(NULL::kinds.mood)')`),
  ).toEqual(Array(2).fill('{a,between,b,last}'));
  await db.rows('ALTER TYPE comp ADD ATTRIBUTE z int; ALTER DOMAIN posint DROP NOT NULL');
  await db.rows('ALTER TYPE kinds.mood RENAME TO temper; ALTER TYPE kinds.temper RENAME TO mood');
  expect(await db.rows('SELECT c FROM t WHERE k = 3')).toEqual([['(3,b,)']]);
});

test('a column of a new type comes later, and what is dropped is dropped on the workers', async () => {
  await db.rows(`CREATE TYPE size AS ENUM ('s', 'm')`);
  await db.rows(`ALTER TABLE t ADD COLUMN s size DEFAULT 'm'`);
  expect(await db.column('SELECT DISTINCT s FROM t')).toEqual(['m']);
  await db.rows('DROP TABLE t, r; DROP TYPE comp, size; DROP SCHEMA kinds CASCADE');
  expect(
    await db.column(`SELECT result FROM run_command_on_workers($$
      SELECT count(*) FROM pg_type WHERE typname IN ('mood', 'comp', 'size')$$)`),
  ).toEqual(['0', '0']);
  await db.rows(`CREATE TYPE size AS ENUM ('x'); CREATE TABLE t (k int, s size)`);
  await db.rows(`SELECT create_distributed_table('t', 'k'); INSERT INTO t VALUES (1, 'x')`);
});
