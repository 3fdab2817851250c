// Two copies of each shard, and a worker that stops. Recorded on Citus 13.2.2, but for the times.
import { afterAll, beforeEach, expect } from 'vitest';
import { clusterTest, type TestCluster } from '../support/cluster.ts';
import { upAgain } from '../support/servers.ts';
import { openSession, type Session, untilRefused } from './session.ts';

const test = clusterTest({ workers: 3 });

let cluster: TestCluster;
let db: Session;
test.beforeAll(async ({ cluster: own }) => {
  cluster = own;
  db = await openSession(cluster);
  await db.rows('SET citus.shard_count = 4; SET citus.shard_replication_factor = 2');
});
afterAll(() => db.close());

beforeEach(async () => {
  await db.rows('DROP TABLE IF EXISTS t');
});

async function distribute(body: string): Promise<void> {
  await db.rows(`CREATE TABLE t (${body}); SELECT create_distributed_table('t', 'k')`);
}

/** For each shard, what differs between its copies: nothing, one hopes. */
async function copiesThatDiffer(): Promise<(string | null)[]> {
  return db.column(`
    SELECT shardid
      FROM run_command_on_placements('t', $$SELECT coalesce(string_agg(x.*::text, ' ' ORDER BY x.*::text), '') FROM %s x$$)
     GROUP BY shardid
    HAVING count(DISTINCT result) <> 1 OR count(*) <> 2 OR NOT bool_and(success)`);
}

test('copy j of shard i is on worker (i + j) mod N', async () => {
  await distribute('k int');
  expect(
    await db.column(`
      SELECT string_agg(nodename, ', ' ORDER BY placementid)
        FROM pg_dist_shard JOIN pg_dist_shard_placement USING (shardid)
       GROUP BY shardid ORDER BY shardid`),
  ).toEqual(['worker-1, worker-2', 'worker-2, worker-3', 'worker-3, worker-1', 'worker-1, worker-2']);
  expect(await db.column('SELECT repmodel FROM pg_dist_partition')).toEqual(['c']);
  expect(await db.column('SELECT replicationfactor FROM pg_dist_colocation')).toEqual(['2']);
  expect(await db.column('SELECT count(*) FROM citus_shards')).toEqual(['8']);
  expect(
    await db.rows(`SELECT count(*), count(DISTINCT shardid) FROM run_command_on_shards('t', 'SELECT 1')`),
  ).toEqual([['4', '4']]);
});

test('copies hold the same rows, whatever was done', async () => {
  await distribute('k int, v float, n text');
  await db.rows(`INSERT INTO t SELECT g % 50, g / 3.0, 'x' FROM generate_series(1, 3000) g`);
  await db.rows('INSERT INTO t VALUES (1, 1), (1, 1), (2, 2), (2, 2)');
  expect(await db.rows('UPDATE t SET v = v + 0.1 WHERE k IN (1, 2) RETURNING 1')).toHaveLength(124);
  await db.rows('UPDATE t SET v = 0 FROM generate_series(5, 9) g WHERE t.k = g AND v > 100');
  await db.rows('DELETE FROM t WHERE k = 3');
  await db.rows('DELETE FROM t WHERE ctid = (SELECT ctid FROM t WHERE k = 1 LIMIT 1) AND k = 1');
  await db.rows('BEGIN; DELETE FROM t; SAVEPOINT s; INSERT INTO t VALUES (1); ROLLBACK');
  expect(await copiesThatDiffer()).toEqual([]);
  await db.rows('ALTER TABLE t ADD COLUMN added int DEFAULT 4');
  await db.rows('CREATE INDEX ON t (v)');
  for (const unlike of ['gen_random_uuid()', 'now()', 'CURRENT_DATE']) {
    expect(await db.error(`ALTER TABLE t ADD COLUMN unlike text DEFAULT ${unlike}`)).toMatch(/^0A000/);
  }
  expect(await copiesThatDiffer()).toEqual([]);
  const [rows] = await db.column('SELECT count(*) FROM t');
  expect(
    await db.column(`SELECT sum(result::int) FROM run_command_on_placements('t', 'SELECT count(*) FROM %s')`),
  ).toEqual([String(2 * Number(rows))]);
  await db.rows('TRUNCATE t');
  expect(
    await db.column(`SELECT DISTINCT result FROM run_command_on_placements('t', 'SELECT count(*) FROM %s')`),
  ).toEqual(['0']);
});

test('a table with copies can be in any schema, and have types of its own', async () => {
  await db.rows(
    `CREATE SCHEMA "Q q"; CREATE TYPE "Q q".mood AS ENUM ('a'); CREATE TABLE "Q q"."W w" ("k k" int, m "Q q".mood)`,
  );
  await db.rows(`SELECT create_distributed_table('"Q q"."W w"', 'k k')`);
  await db.rows(`INSERT INTO "Q q"."W w" SELECT g, 'a' FROM generate_series(1, 50) g`);
  const counted = () =>
    db.column(
      `SELECT sum(result::int) FROM run_command_on_placements('"Q q"."W w"', 'SELECT count(*) FROM %s')`,
    );
  expect(await counted()).toEqual(['100']);
  await db.rows(
    `SELECT citus_drain_node('worker-3', 5432, 'block_writes') FROM set_config('citus.shard_replication_factor', '2', false)`,
  );
  await db.rows(
    `CREATE TYPE "Q q".pair AS (a int, b "Q q".mood); ALTER TABLE "Q q"."W w" ADD COLUMN p "Q q".pair`,
  );
  await db.rows(`DELETE FROM "Q q"."W w" WHERE "k k" % 2 = 0`);
  expect(await counted()).toEqual(['50']);
  expect(await db.column(`SELECT count(*) FROM citus_shards WHERE nodename = 'worker-3'`)).toEqual(['0']);
  await db.rows(`SELECT citus_set_node_property('worker-3', 5432, 'shouldhaveshards', true)`);
  await db.rows('DROP SCHEMA "Q q" CASCADE');
  await db.rows('CALL citus_cleanup_orphaned_resources()');
  expect(
    await db.column(
      `SELECT result FROM run_command_on_workers($$SELECT count(*) FROM pg_namespace WHERE nspname = 'Q q'$$)`,
    ),
  ).toEqual(['0', '0', '0']);
  expect(
    await db.column(
      `SELECT result FROM run_command_on_workers($$SELECT count(*) FROM pg_class WHERE relname ~ '^W w'$$)`,
    ),
  ).toEqual(['0', '0', '0']);
});

test('a table with copies is made, filled and dropped in one transaction', async () => {
  await db.rows('CREATE TABLE t (k int PRIMARY KEY)');
  await db.rows('INSERT INTO t SELECT generate_series(1, 40)');
  await db.rows(`BEGIN; SELECT create_distributed_table('t', 'k'); INSERT INTO t VALUES (41)`);
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['41']);
  await db.rows('ROLLBACK');
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['40']);
  await db.rows(`BEGIN; SELECT create_distributed_table('t', 'k'); INSERT INTO t VALUES (41); COMMIT`);
  expect(await copiesThatDiffer()).toEqual([]);
  await db.rows('DROP TABLE t');
  expect(
    await db.column(
      `SELECT result FROM run_command_on_workers($$SELECT count(*) FROM pg_class WHERE relname ~ '^t_1'$$)`,
    ),
  ).toEqual(['0', '0', '0']);
});

test('what a move has left is not taken for the copy that came back', async () => {
  await distribute('k int PRIMARY KEY, v int');
  await db.rows('INSERT INTO t SELECT g, g FROM generate_series(1, 200) g');
  await db.rows(`SELECT citus_drain_node('worker-3', 5432)`);
  await db.rows(`SELECT citus_set_node_property('worker-3', 5432, 'shouldhaveshards', true)`);
  await db.rows(`SELECT citus_disable_node('worker-2', 5432)`);
  expect(await db.column('SELECT count(*) FROM citus_shards')).toEqual(['8']);
  await db.rows('UPDATE t SET v = v + 1');
  await db.rows(
    `CREATE TABLE beside (k int); SELECT create_distributed_table('beside', 'k', colocate_with => 't')`,
  );
  await db.rows('INSERT INTO beside SELECT k FROM t');
  await db.rows(`SELECT citus_activate_node('worker-2', 5432)`);
  for (const table of ['t', 'beside'])
    await db.rows(`SELECT replicate_table_shards('${table}', shard_transfer_mode => 'block_writes')`);
  await db.rows(`SELECT citus_move_shard_placement(shardid, 'worker-3', 5432, 'worker-1', 5432, 'block_writes')
    FROM (SELECT shardid FROM citus_shards WHERE table_name = 't'::regclass GROUP BY 1
          HAVING bool_or(nodename = 'worker-3') AND NOT bool_or(nodename = 'worker-1') LIMIT 1) s`);
  await db.rows('DROP TABLE beside');
  await db.rows('CALL citus_cleanup_orphaned_resources()');
  expect(await db.rows('SELECT count(*), sum(v) FROM t')).toEqual([['200', '20300']]);
  expect(await copiesThatDiffer()).toEqual([]);
  await db.rows('UPDATE t SET v = 0');
  expect(
    await db.column(`SELECT sum(result::int) FROM run_command_on_placements('t', 'SELECT count(*) FROM %s')`),
  ).toEqual(['400']);
});

test('with a worker down reads go on and writes fail, until it is disabled; it comes back empty', async () => {
  await distribute('k int PRIMARY KEY, v int');
  await db.rows('INSERT INTO t SELECT g, g FROM generate_series(1, 100) g');
  const worker = (await cluster.nodes()).find(({ name }) => name === 'worker-2')!;
  process.kill(worker.pid!, 'SIGQUIT');
  await untilRefused(cluster, 'worker-2');

  const readAfterLoss = await openSession(cluster);
  expect(await readAfterLoss.rows('SELECT count(*), sum(v) FROM t')).toEqual([['100', '5050']]);
  const refused =
    /^08006: connection to the remote node postgres@worker-2:5432 failed with the following error: Connection refused/;
  expect(await readAfterLoss.error('UPDATE t SET v = 0')).toMatch(refused);
  expect(await readAfterLoss.error('DELETE FROM t')).toMatch(refused);
  expect(await readAfterLoss.error('INSERT INTO t SELECT generate_series(101, 150)')).toMatch(refused);
  expect(await readAfterLoss.error('ALTER TABLE t ADD COLUMN w int')).toMatch(refused);
  expect(await readAfterLoss.rows('SELECT count(*), sum(v) FROM t')).toEqual([['100', '5050']]);

  await readAfterLoss.rows(`SELECT citus_disable_node('worker-2', 5432)`);
  await readAfterLoss.rows('INSERT INTO t SELECT g, 0 FROM generate_series(101, 150) g');
  expect(await readAfterLoss.column('SELECT count(*) FROM t')).toEqual(['150']);

  await upAgain(cluster);
  const back = await openSession(cluster);
  await back.rows('SET citus.shard_replication_factor = 2');
  await back.rows(`SELECT citus_activate_node('worker-2', 5432)`);
  expect(await back.column(`SELECT count(*) FROM citus_shards WHERE nodename = 'worker-2'`)).toEqual(['0']);
  await back.rows(`SELECT replicate_table_shards('t', shard_transfer_mode => 'block_writes')`);
  expect(await back.column('SELECT count(*) FROM citus_shards')).toEqual(['8']);
  await back.rows('UPDATE t SET v = v + 1');
  await db.close();
  db = back;
  await db.rows('SET citus.shard_count = 4');
  expect(await copiesThatDiffer()).toEqual([]);
  await readAfterLoss.close();
});

test('a session that has read while a worker was down writes again when it is back', async () => {
  const signal = new AbortController().signal;
  await distribute('k int PRIMARY KEY');
  await db.rows('INSERT INTO t SELECT generate_series(1, 100)');
  await cluster.servers!.kill('worker-2', signal);
  await untilRefused(cluster, 'worker-2');
  const session = await openSession(cluster);
  expect(await session.rows('SELECT count(*) FROM t')).toEqual([['100']]);
  await cluster.servers!.start('worker-2', signal);
  await session.rows('INSERT INTO t SELECT generate_series(101, 200)');
  await session.close();
  await db.close();
  db = await openSession(cluster);
  await db.rows('SET citus.shard_count = 4; SET citus.shard_replication_factor = 2');
  expect(await copiesThatDiffer()).toEqual([]);
});

// Again where the machine was too busy to stop the worker within its tenth of a second.
test('a copy that is ahead, for its worker stopped at COMMIT, is found and made equal', {
  retry: 2,
}, async () => {
  await distribute('k int PRIMARY KEY, v int');
  await db.rows('INSERT INTO t SELECT g, 0 FROM generate_series(1, 100) g');
  const [key, shard, first, second] = (
    await db.rows(`
      SELECT k, s.shardid, min(nodename) FILTER (WHERE copy = 1), min(nodename) FILTER (WHERE copy = 2)
        FROM (SELECT k, get_shard_id_for_distribution_column('t', k) AS shardid FROM t WHERE k = 1) s
        JOIN (SELECT *, row_number() OVER (PARTITION BY shardid ORDER BY placementid) AS copy
                FROM pg_dist_shard_placement) p USING (shardid)
       GROUP BY 1, 2`)
  )[0] as string[];

  // The first copy's worker takes a tenth of a second to flush its commit; the second has committed by then.
  const worker = await openSession(cluster, first);
  for (const set of ['fsync = on', 'commit_delay = 100000', 'commit_siblings = 0'])
    await worker.rows(`ALTER SYSTEM SET ${set}`);
  await worker.rows('SELECT pg_reload_conf()');
  const { pid } = (await cluster.nodes()).find(({ name }) => name === first)!;
  const other = await openSession(cluster, second);
  const lost = db.error(`UPDATE t SET v = 777 WHERE k = ${key}`);
  while ((await other.column(`SELECT v FROM t_${shard} WHERE k = ${key}`))[0] !== '777');
  process.kill(pid!, 'SIGQUIT');
  expect(await lost).toMatch(/^\w{5}: /);
  await upAgain(cluster);
  const back = await openSession(cluster, first);
  for (const reset of ['fsync', 'commit_delay', 'commit_siblings'])
    await back.rows(`ALTER SYSTEM RESET ${reset}`);
  await back.rows('SELECT pg_reload_conf()');

  await db.close();
  db = await openSession(cluster);
  await db.rows('SET citus.shard_count = 4; SET citus.shard_replication_factor = 2');
  expect(await db.column(`SELECT v FROM t WHERE k = ${key}`)).toEqual(['0']);
  expect(await copiesThatDiffer()).toEqual([shard]);
  await db.rows('BEGIN; INSERT INTO t VALUES (101, 0); ROLLBACK');
  expect(await copiesThatDiffer()).toEqual([shard]);
  expect(db.notices()).toEqual([`the copies of public.t_${shard} were not equal, and are again`]);
  expect(await db.column('SELECT recover_prepared_transactions()')).toEqual(['1']);
  expect(await copiesThatDiffer()).toEqual([]);
  db.notices();
  await db.rows('UPDATE t SET v = v + 1');
  expect(db.notices()).toEqual([]);
  expect(await copiesThatDiffer()).toEqual([]);
  for (const session of [worker, other, back]) await session.close().catch(() => {});
});

test('so is the copy of a reference table, with rows that refer to it', async () => {
  await db.rows(`CREATE TABLE ref (r int PRIMARY KEY, v text); SELECT create_reference_table('ref');
    INSERT INTO ref SELECT g, 'v' || g FROM generate_series(1, 50) g;
    SET citus.shard_replication_factor = 1; CREATE TABLE t (k int REFERENCES ref); SELECT create_distributed_table('t', 'k');
    INSERT INTO t SELECT r FROM ref; SET citus.shard_replication_factor = 2`);
  const [shard] = await db.column(`SELECT shardid FROM pg_dist_shard WHERE logicalrelid = 'ref'::regclass`);
  const contents = () =>
    db.column(
      `SELECT DISTINCT result FROM run_command_on_placements('ref', $$SELECT md5(string_agg(x::text, ' ' ORDER BY r)) FROM %s x$$)`,
    );
  // As if a worker had died when another had committed, and had come back.
  const worker = await openSession(cluster, 'worker-2');
  await worker.rows(
    `UPDATE ref_${shard} SET v = 'ahead' WHERE r = 7; INSERT INTO ref_${shard} VALUES (1000, 'ahead')`,
  );
  await worker.close();
  await db.rows('DELETE FROM citus_internal.settled');
  expect(await contents()).toHaveLength(2);
  db.notices();
  expect(await db.column('SELECT recover_prepared_transactions()')).toEqual(['1']);
  expect(db.notices()).toEqual([`the copies of public.ref_${shard} were not equal, and are again`]);
  expect(await contents()).toHaveLength(1);
  expect(await db.column('SELECT count(*) FROM t JOIN ref ON r = k')).toEqual(['50']);
  await db.rows('DROP TABLE t, ref');
});
