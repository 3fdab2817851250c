// Tables that are partitioned by their author, distributed: what the workers have of them, after each change.
import { afterAll, beforeEach, expect } from 'vitest';
import { clusterTest } from '../support/cluster.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest();

let db: Session;
test.beforeAll(async ({ cluster }) => {
  db = await openSession(cluster);
  await db.rows('SET citus.shard_count = 4');
});
afterAll(async () => {
  await db.rows('DROP TABLE IF EXISTS t, t_jan, loose');
  await db.close();
});

beforeEach(async () => {
  await db.rows(`
    DROP TABLE IF EXISTS t, t_jan, loose;
    CREATE TABLE t (k int, day date, v int, PRIMARY KEY (k, day)) PARTITION BY RANGE (day);
    CREATE TABLE t_jan PARTITION OF t FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
    CREATE TABLE t_feb PARTITION OF t FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
    INSERT INTO t SELECT g, date '2025-01-01' + g, g FROM generate_series(1, 50) g;
    SELECT create_distributed_table('t', 'k')`);
});

/** What the shards of a table answer, each answer once. */
const onShards = (table: string, command: string): Promise<(string | null)[]> =>
  db.column(
    `SELECT DISTINCT result FROM run_command_on_shards('${table}', $command$${command}$command$) ORDER BY 1`,
  );

const attached = `SELECT count(*) FROM pg_inherits WHERE inhparent = '%s'::regclass`;

test('the shards of the partitions are partitions of the shards of the table', async () => {
  expect(await onShards('t', attached)).toEqual(['2']);
  expect(
    await onShards('t_jan', `SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = '%s'::regclass`),
  ).toEqual([`FOR VALUES FROM ('2025-01-01') TO ('2025-02-01')`]);
  expect(await db.rows('SELECT (SELECT count(*) FROM t_jan), (SELECT count(*) FROM t_feb)')).toEqual([
    ['30', '20'],
  ]);
});

test('keys of shards have the names of their tables, also of keys that come later', async () => {
  const keys = `SELECT string_agg(regexp_replace(indexrelid::regclass::text, '\\d{6}$', 'N'), ' ' ORDER BY indexrelid)
                  FROM pg_index WHERE indrelid = '%s'::regclass`;
  await db.rows('CREATE INDEX by_v ON t (v)');
  expect(await onShards('t_jan', keys)).toEqual(['t_jan_pkey_N t_jan_v_idx_N']);
  await db.rows(`CREATE TABLE t_mar PARTITION OF t FOR VALUES FROM ('2025-03-01') TO ('2025-04-01')`);
  expect(await onShards('t_mar', keys)).toEqual(['t_mar_pkey_N t_mar_v_idx_N']);
  await db.rows('DROP INDEX by_v; ALTER TABLE t DETACH PARTITION t_jan');
  expect(await onShards('t_jan', keys)).toEqual(['t_jan_pkey_N']);
  expect(await onShards('t', attached)).toEqual(['2']);
});

test('rows move to the partition of their new date, and stay where they were if one of them cannot', async () => {
  await db.rows(`UPDATE t SET day = day + 31 WHERE k <= 10`);
  expect(await db.column('SELECT count(*) FROM t_feb')).toEqual(['30']);
  await expect(db.rows(`UPDATE t SET day = day + 15 WHERE v IN (11, 50)`)).rejects.toThrow(
    /no partition of relation "t_\d+" found for row/,
  );
  expect(await db.column('SELECT count(*) FROM t_feb')).toEqual(['30']);
  expect(await onShards('t_jan', `SELECT relispartition FROM pg_class WHERE oid = '%s'::regclass`)).toEqual([
    't',
  ]);
  await expect(db.rows(`UPDATE t_jan SET day = day + 31`)).rejects.toThrow(/violates partition constraint/);
});

test('a partition that does not take its rows is not there, here or on the workers', async () => {
  await db.rows(`
    CREATE TABLE loose (k int NOT NULL, day date NOT NULL, v int);
    SELECT create_distributed_table('loose', 'k', colocate_with => 't');
    INSERT INTO loose VALUES (1, '2024-01-01', 1)`);
  await expect(
    db.rows(`ALTER TABLE t ATTACH PARTITION loose FOR VALUES FROM ('2025-03-01') TO ('2025-04-01')`),
  ).rejects.toThrow(/partition constraint of relation "loose_\d+" is violated by some row/);
  expect(await onShards('t', attached)).toEqual(['2']);
  expect(await db.column(`SELECT count(*) FROM pg_inherits WHERE inhparent = 't'::regclass`)).toEqual(['2']);
  expect(await db.column('SELECT count(*) FROM loose')).toEqual(['1']);
});
