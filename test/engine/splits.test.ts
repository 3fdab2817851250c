// Shards that are split: what is left where, and what a ROLLBACK takes back.
import { afterAll, beforeEach, expect } from 'vitest';
import { clusterTest } from '../support/cluster.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest();

let db: Session;
test.beforeAll(async ({ cluster }) => {
  db = await openSession(cluster);
});
afterAll(async () => {
  await db.rows('DROP TABLE IF EXISTS t');
  await db.close();
});

beforeEach(async () => {
  await db.rows(`
    DROP TABLE IF EXISTS t;
    CREATE TABLE t (k int PRIMARY KEY, v int);
    SELECT create_distributed_table('t', 'k', shard_count => 4);
    INSERT INTO t SELECT g, g FROM generate_series(1, 100) g`);
});

const isolate = `SELECT isolate_tenant_to_new_shard('t', 7, shard_transfer_mode => 'block_writes')`;
const layout =
  'SELECT shardid, shardminvalue, groupid FROM pg_dist_shard JOIN pg_dist_placement USING (shardid) ORDER BY 1';

/** The shards of `t` that are on the workers, also those that nobody reads. */
const onWorkers = async (): Promise<number> => {
  const [sum] = await db.column(
    `SELECT sum(result::int) FROM run_command_on_workers('SELECT count(*) FROM pg_class WHERE relname ~ ''^t_\\d+$''')`,
  );
  return Number(sum);
};

test('a split that is rolled back leaves nothing, and rows are where they were', async () => {
  const before = await db.rows(layout);
  await db.rows('BEGIN');
  await db.rows(isolate);
  expect(await db.rows(layout)).toHaveLength(6);
  expect(await db.column('SELECT sum(v) FROM t WHERE k IN (7, 8)')).toEqual(['15']);
  await db.rows('ROLLBACK');
  expect(await db.rows(layout)).toEqual(before);
  expect(await onWorkers()).toBe(4);
  expect(await db.rows('SELECT count(*), sum(v) FROM t')).toEqual([['100', '5050']]);
  expect(await db.error('INSERT INTO t VALUES (7, 1)')).toMatch(/^23505/);
});

test('the old shard stays until the next transaction that cleans up', async () => {
  await db.rows(isolate);
  expect(await onWorkers()).toBe(7);
  await db.rows('CALL citus_cleanup_orphaned_resources()');
  expect(await onWorkers()).toBe(6);
  expect(await db.shardsTouched('SELECT * FROM t WHERE k = 7')).toEqual(
    await db.column(`SELECT get_shard_id_for_distribution_column('t', 7)`),
  );
});

test('each row is in the shard whose range its hash is in', async () => {
  await db.rows(isolate);
  await db.rows(`INSERT INTO t SELECT g, g FROM generate_series(101, 200) g`);
  expect(
    await db.column(`
      SELECT sum(result::int)
        FROM pg_dist_shard s,
             LATERAL run_command_on_shards('t', format('SELECT count(*) FROM %%s WHERE hashint4(k) BETWEEN %s AND %s',
                                                       s.shardminvalue, s.shardmaxvalue)) r
       WHERE s.logicalrelid = 't'::regclass
         AND r.shardid = s.shardid`),
  ).toEqual(['200']);
  expect(
    await db.column(`SELECT sum(result::int) FROM run_command_on_shards('t', 'SELECT count(*) FROM %s')`),
  ).toEqual(['200']);
});
