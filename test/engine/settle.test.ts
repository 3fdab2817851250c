// Copies that are compared while others write: nobody is refused for it, and nothing that was committed is taken back.
import { afterEach, beforeEach, expect } from 'vitest';
import { clusterTest, type TestCluster } from '../support/cluster.ts';
import { ask } from '../support/servers.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest();

let cluster: TestCluster;
let db: Session;
let other: Session;
test.beforeAll(async ({ cluster: own }) => {
  cluster = own;
  await ask(
    cluster,
    'coordinator',
    `CREATE TABLE t (k int PRIMARY KEY);
     SET citus.shard_replication_factor = 2;
     SELECT create_distributed_table('t', 'k', shard_count => 2);
     CREATE TABLE ref (r int PRIMARY KEY);
     SELECT create_reference_table('ref');
     SET citus.shard_replication_factor = 1;
     CREATE TABLE once (k int);
     SELECT create_distributed_table('once', 'k', shard_count => 2)`,
  );
});
beforeEach(async () => {
  await ask(cluster, 'coordinator', 'DELETE FROM t; DELETE FROM ref');
  await forgetComparisons();
  db = await openSession(cluster);
  other = await openSession(cluster);
});
afterEach(async () => {
  for (const session of [other, db]) await session.close();
});

const nodes = ['coordinator', 'worker-1', 'worker-2'];

/** As if a worker had been started again. */
async function forgetComparisons(): Promise<void> {
  for (const node of nodes) await ask(cluster, node, 'DELETE FROM citus_internal.settled');
}

const copiesThatDiffer = (table: string) =>
  db.column(`
    SELECT shardid
      FROM run_command_on_placements('${table}', $$SELECT coalesce(string_agg(x::text, ' ' ORDER BY x), '') FROM %s x$$)
     GROUP BY shardid
    HAVING count(DISTINCT result) <> 1 OR NOT bool_and(success)`);

test('of two sessions that write first, none waits for the other', async () => {
  await db.rows('BEGIN; INSERT INTO t VALUES (1); INSERT INTO ref VALUES (1)');
  await other.rows('INSERT INTO t SELECT generate_series(2, 9); INSERT INTO ref VALUES (2)');
  await db.rows('COMMIT');
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['9']);
  for (const table of ['t', 'ref']) expect(await copiesThatDiffer(table)).toEqual([]);
});

test('what was committed since a transaction began is not taken back from a copy', async () => {
  await db.rows('BEGIN; SELECT count(*) FROM t');
  await other.rows('INSERT INTO t SELECT generate_series(1, 9)');
  await forgetComparisons();
  await db.rows('INSERT INTO t VALUES (10); COMMIT');
  expect(db.notices()).toEqual([]);
  expect(await copiesThatDiffer('t')).toEqual([]);
});

test('nor sent twice to a copy of a reference table', async () => {
  await db.rows('BEGIN; SELECT count(*) FROM once');
  await other.rows('INSERT INTO ref SELECT generate_series(1, 9)');
  await forgetComparisons();
  await db.rows('INSERT INTO ref VALUES (10); COMMIT');
  expect(db.notices()).toEqual([]);
  expect(await copiesThatDiffer('ref')).toEqual([]);
});

test('a copy that lacks rows gets them once, whoever writes at that time', async () => {
  await db.rows('INSERT INTO t SELECT generate_series(1, 9)');
  for (const node of ['worker-1', 'worker-2']) {
    const worker = await openSession(cluster, node);
    await worker.rows('SET citus_internal.engine_at_work = on');
    for (const shard of await worker.column(`
      SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'citus_only_from_primary' AND tgrelid::regclass::text ~ '^t_'`))
      await worker.rows(`DELETE FROM ${shard}`);
    await worker.close();
  }
  await forgetComparisons();
  await db.rows('RESET ALL'); // a session looks once a second
  expect(await copiesThatDiffer('t')).toHaveLength(2);
  await db.rows('BEGIN; INSERT INTO t VALUES (10)');
  const written = other.rows('INSERT INTO t SELECT generate_series(11, 19)');
  const waiting = `SELECT count(*) FROM run_command_on_workers(
    'SELECT count(*) FROM pg_locks WHERE NOT granted') WHERE result <> '0'`;
  while ((await db.column(waiting))[0] === '0');
  await db.rows('COMMIT');
  await written;
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['19']);
  expect(await copiesThatDiffer('t')).toEqual([]);
});
