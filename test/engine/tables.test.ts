// A distributed table in daily use: it must do what a plain table does, and its shards must follow.
import { afterAll, beforeEach, expect } from 'vitest';
import { clusterTest } from '../support/cluster.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest();

let db: Session;
test.beforeAll(async ({ cluster }) => {
  db = await openSession(cluster);
  await db.rows('SET citus.shard_count = 4');
});
afterAll(() => db.close());

beforeEach(async () => {
  await db.rows('DROP TABLE IF EXISTS t CASCADE');
  await db.rows('DROP TABLE IF EXISTS u');
});

/** A table `t` of four shards with this body. */
async function distribute(body: string, key = 'k'): Promise<void> {
  await db.rows(`CREATE TABLE t (${body})`);
  await db.rows(`SELECT create_distributed_table('t', '${key}')`);
}

/** What every shard answers. */
const onShards = (command: string): Promise<(string | null)[]> =>
  db.column(`SELECT result FROM run_command_on_shards('t', $command$${command}$command$) ORDER BY shardid`);

test('the demo gives the numbers of Citus, to the last digit', async () => {
  await distribute('id bigserial, sensor_id int, timestamp timestamptz, value float', 'sensor_id');
  await db.rows(`
    INSERT INTO t (sensor_id, timestamp, value)
    SELECT (g % 100) + 1, '2025-01-01'::timestamptz + g * interval '1 minute', (g * 37 % 1000) / 10.0
      FROM generate_series(1, 1000) g`);
  for (let i = 0; i < 5; i++) {
    expect(await db.rows('SELECT count(*), sum(id), min(id), max(id), avg(value) FROM t')).toEqual([
      ['1000', '500500', '1', '1000', '49.95000000000001'],
    ]);
  }
  expect(
    await db.rows('SELECT sensor_id, count(*), avg(value) FROM t GROUP BY 1 ORDER BY 1 LIMIT 5'),
  ).toEqual([
    ['1', '10', '45'],
    ['2', '10', '48.699999999999996'],
    ['3', '10', '52.4'],
    ['4', '10', '46.1'],
    ['5', '10', '49.800000000000004'],
  ]);
  expect(await onShards('SELECT count(*) FROM %s')).toEqual(['240', '250', '230', '280']);
});

test('what stands in the metadata is what Citus has there', async () => {
  await distribute('k int, v text');
  const [first] = (await db.column('SELECT min(shardid) FROM pg_dist_shard')) as [string];
  const id = (n: number) => String(Number(first) + n);
  expect(
    await db.rows('SELECT logicalrelid, partmethod, repmodel, autoconverted FROM pg_dist_partition'),
  ).toEqual([['t', 'h', 's', 'f']]);
  expect(
    await db.column('SELECT column_to_column_name(logicalrelid, partkey) FROM pg_dist_partition'),
  ).toEqual(['k']);
  expect(await db.rows('SELECT * FROM pg_dist_shard ORDER BY shardid')).toEqual([
    ['t', id(0), 't', '-2147483648', '-1073741825'],
    ['t', id(1), 't', '-1073741824', '-1'],
    ['t', id(2), 't', '0', '1073741823'],
    ['t', id(3), 't', '1073741824', '2147483647'],
  ]);
  expect(
    await db.rows('SELECT shardid, shardstate, shardlength, groupid FROM pg_dist_placement ORDER BY 1'),
  ).toEqual([
    [id(0), '1', '0', '1'],
    [id(1), '1', '0', '2'],
    [id(2), '1', '0', '1'],
    [id(3), '1', '0', '2'],
  ]);
  expect(
    await db.rows(
      'SELECT shardcount, replicationfactor, distributioncolumntype, distributioncolumncollation FROM pg_dist_colocation',
    ),
  ).toEqual([['4', '1', '23', '0']]);
  expect(
    await db.rows(
      'SELECT table_name, shardid, shard_name, citus_table_type, nodename, nodeport, shard_size FROM citus_shards',
    ),
  ).toEqual(
    [0, 1, 2, 3].map((n) => [
      't',
      id(n),
      `t_${id(n)}`,
      'distributed',
      `worker-${(n % 2) + 1}`,
      '5432',
      '8192',
    ]),
  );
  expect(
    await db.rows(
      'SELECT table_name, citus_table_type, distribution_column, table_size, shard_count, table_owner, access_method FROM citus_tables',
    ),
  ).toEqual([['t', 'distributed', 'k', '32 kB', '4', 'postgres', 'heap']]);
  expect(
    await db.rows(`SELECT citus_relation_size('t'), citus_table_size('t'), citus_total_relation_size('t')`),
  ).toEqual([['0', '32768', '32768']]);

  await db.rows('DROP TABLE t');
  for (const table of ['partition', 'shard', 'placement', 'colocation']) {
    expect(await db.column(`SELECT count(*) FROM pg_dist_${table}`), table).toEqual(['0']);
  }
  expect(
    await db.column(
      `SELECT result FROM run_command_on_workers($$SELECT count(*) FROM pg_class WHERE relname ~ '^t_1'$$)`,
    ),
  ).toEqual(['0', '0']);
});

test('columns of the metadata have the names and types of Citus, in its order', async () => {
  const shape = async (relation: string) =>
    (
      await db.rows(`SELECT attname || ' ' || format_type(atttypid, atttypmod) FROM pg_attribute
                     WHERE attrelid = '${relation}'::regclass AND attnum > 0 ORDER BY attnum`)
    ).join(', ');
  expect(await shape('pg_dist_node')).toBe(
    'nodeid integer, groupid integer, nodename text, nodeport integer, noderack text, hasmetadata boolean, isactive boolean, noderole noderole, nodecluster name, metadatasynced boolean, shouldhaveshards boolean, nodeisclone boolean, nodeprimarynodeid integer',
  );
  expect(await shape('pg_dist_partition')).toBe(
    'logicalrelid citus_internal.regclass, partmethod "char", partkey text, colocationid integer, repmodel "char", autoconverted boolean',
  );
  expect(await shape('pg_dist_placement')).toBe(
    'placementid bigint, shardid bigint, shardstate integer, shardlength bigint, groupid integer',
  );
  expect(await shape('pg_dist_shard_placement')).toBe(
    'shardid bigint, shardstate integer, shardlength bigint, nodename text, nodeport integer, placementid bigint',
  );
  expect(await shape('citus_shards')).toBe(
    'table_name regclass, shardid bigint, shard_name text, citus_table_type text, colocation_id integer, nodename text, nodeport integer, shard_size bigint',
  );
  expect(await shape('public.citus_tables')).toBe(
    'table_name regclass, citus_table_type text, distribution_column text, colocation_id integer, table_size text, shard_count bigint, table_owner name, access_method name',
  );
  expect(await shape('citus_nodes')).toBe('nodename text, nodeport integer, role text, active boolean');
});

test('a table with rows keeps them, and all that refers to it', async () => {
  await db.rows(`
    CREATE TABLE t (
      id     int GENERATED ALWAYS AS IDENTITY,
      gone   int,
      k      int CHECK (k < 1000),
      "Odd " text COLLATE "C" NOT NULL DEFAULT 'it''s',
      double int GENERATED ALWAYS AS (k * 2) STORED,
      PRIMARY KEY (k, id))`);
  await db.rows('ALTER TABLE t DROP COLUMN gone');
  await db.rows('CREATE INDEX t_odd ON t ("Odd " DESC) WHERE k > 0');
  await db.rows(`COMMENT ON TABLE t IS 'kept'`);
  await db.rows('CREATE VIEW u AS SELECT id, k, double FROM t');
  await db.rows('PREPARE before AS SELECT count(*) FROM t');
  await db.rows('INSERT INTO t (k) SELECT generate_series(1, 100)');
  const [oid] = await db.column(`SELECT 't'::regclass::oid`);
  db.notices();

  await db.rows(`SELECT create_distributed_table('t', 'k')`);
  expect(db.notices()).toEqual(['Copying data from local table...', 'copying the data has completed']);
  expect(await db.column(`SELECT 't'::regclass::oid`)).toEqual([oid]);
  expect(await db.column('EXECUTE before')).toEqual(['100']);
  expect(await db.rows('SELECT count(*), sum(id), sum(double) FROM u')).toEqual([['100', '5050', '10100']]);
  expect(await db.column(`SELECT obj_description('t'::regclass)`)).toEqual(['kept']);
  expect(await db.rows('INSERT INTO t (k) VALUES (7) RETURNING *')).toEqual([['101', '7', "it's", '14']]);
  const shard = `t_${(await db.column(`SELECT get_shard_id_for_distribution_column('t', 7)`))[0]}`;
  expect(await db.error('INSERT INTO t (id, k) OVERRIDING SYSTEM VALUE VALUES (7, 7)')).toBe(
    `23505: duplicate key value violates unique constraint "${shard.replace('t_', 't_pkey_')}"`,
  );
  expect(await db.error(`INSERT INTO t (k, "Odd ") VALUES (7, NULL)`)).toBe(
    `23502: null value in column "Odd " of relation "${shard}" violates not-null constraint`,
  );
  expect(await db.error('INSERT INTO t (k) VALUES (1000)')).toMatch(
    /^23514: .* violates check constraint "t_k_check"/,
  );
  expect(
    await db.column(
      `SELECT relname FROM pg_class JOIN pg_index ON indexrelid = oid WHERE indrelid = 't'::regclass ORDER BY 1`,
    ),
  ).toEqual(['t_odd', 't_pkey']);
  await db.rows('DEALLOCATE before');
});

test('long values are copied, too', async () => {
  await db.rows('CREATE TABLE t (k int, v text)');
  await db.rows(
    `INSERT INTO t SELECT g, string_agg(md5(random()::text), '') FROM generate_series(1, 20) g, generate_series(1, 500) GROUP BY g`,
  );
  const before = await db.column('SELECT md5(v) FROM t ORDER BY k');
  await db.rows(`SELECT create_distributed_table('t', 'k')`);
  expect(await db.column('SELECT md5(v) FROM t ORDER BY k')).toEqual(before);
});

test('making a table distributed can be rolled back', async () => {
  await db.rows('CREATE TABLE t (k int PRIMARY KEY)');
  await db.rows('INSERT INTO t SELECT generate_series(1, 10)');
  await db.rows('BEGIN');
  await db.rows(`SELECT create_distributed_table('t', 'k')`);
  await db.rows('INSERT INTO t VALUES (11)');
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['11']);
  await db.rows('ROLLBACK');
  expect(await db.column(`SELECT relkind FROM pg_class WHERE relname = 't'`)).toEqual(['r']);
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['10']);
  expect(await db.column('SELECT count(*) FROM pg_dist_shard')).toEqual(['0']);
  expect(
    await db.column(
      `SELECT result FROM run_command_on_workers($$SELECT count(*) FROM pg_class WHERE relname ~ '^t_1'$$)`,
    ),
  ).toEqual(['0', '0']);
  await db.rows(`SELECT create_distributed_table('t', 'k')`);
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['10']);
});

test('transactions and savepoints hold over all workers', async () => {
  await distribute('k int, v int');
  await db.rows('INSERT INTO t SELECT g, g FROM generate_series(1, 40) g');
  await db.rows('BEGIN');
  await db.rows('DELETE FROM t WHERE k > 20');
  await db.rows('SAVEPOINT half');
  await db.rows('UPDATE t SET v = 0');
  expect(await db.rows('SELECT count(*), sum(v) FROM t')).toEqual([['20', '0']]);
  await db.rows('ROLLBACK TO half');
  expect(await db.rows('SELECT count(*), sum(v) FROM t')).toEqual([['20', '210']]);
  await db.rows('ROLLBACK');
  expect(await db.rows('SELECT count(*), sum(v) FROM t')).toEqual([['40', '820']]);
  await db.rows('BEGIN; TRUNCATE t; ROLLBACK');
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['40']);
  await db.rows('TRUNCATE t');
  expect(await onShards('SELECT count(*) FROM %s')).toEqual(['0', '0', '0', '0']);
});

test('rows are read, written and returned as on a plain table', async () => {
  await distribute('k int, v int, w text');
  await db.rows('CREATE TABLE u (k int, v int, w text)');
  for (const table of ['t', 'u']) {
    await db.rows(`INSERT INTO ${table} SELECT g % 50, g, 'w' || g % 7 FROM generate_series(1, 500) g`);
    await db.rows(`UPDATE ${table} SET v = v + 1, w = upper(w) WHERE k IN (3, 4, 5)`);
    await db.rows(`UPDATE ${table} SET v = (SELECT max(v) FROM ${table}) WHERE k = 9`);
    await db.rows(`DELETE FROM ${table} WHERE v % 11 = 0`);
    await db.rows(`DELETE FROM ${table} USING (VALUES (1), (2)) gone (k) WHERE gone.k = ${table}.k`);
  }
  const queries = [
    'SELECT * FROM T ORDER BY 1, 2, 3',
    'SELECT w, count(*), sum(v), min(k) FROM T GROUP BY w ORDER BY w',
    'SELECT k, rank() OVER (PARTITION BY k ORDER BY v) FROM T ORDER BY 1, 2',
    'SELECT count(DISTINCT w), array_agg(DISTINCT k ORDER BY k) FROM T',
    'SELECT a.k, count(*) FROM T a JOIN T b USING (k) GROUP BY 1 ORDER BY 1',
    'SELECT * FROM T WHERE v > (SELECT avg(v) FROM T) ORDER BY 2 DESC, 3, 1 LIMIT 5 OFFSET 3',
    'WITH x AS (SELECT k, max(v) AS v FROM T GROUP BY k) SELECT count(*) FROM x JOIN T USING (k, v)',
    'SELECT k FROM T WHERE k < 5 UNION SELECT v FROM T WHERE v < 5 ORDER BY 1',
  ];
  for (const query of queries) {
    expect(await db.rows(query.replaceAll(' T', ' t')), query).toEqual(
      await db.rows(query.replaceAll(' T', ' u')),
    );
  }
  expect(await db.rows('UPDATE t SET v = -1 WHERE k = 10 AND v < 100 RETURNING k, v')).toEqual(
    await db.rows('UPDATE u SET v = -1 WHERE k = 10 AND v < 100 RETURNING k, v'),
  );
  expect(await db.rows('SELECT * FROM t WHERE k = $1 AND v = $2 ORDER BY 3', [12, 12])).toEqual([
    ['12', '12', 'w5'],
  ]);
});

test('a new row that is there already is left out with ON CONFLICT DO NOTHING', async () => {
  await distribute('k int PRIMARY KEY, v int');
  await db.rows('INSERT INTO t SELECT g, 1 FROM generate_series(1, 10) g');
  await db.rows('INSERT INTO t SELECT g, 2 FROM generate_series(5, 15) g ON CONFLICT DO NOTHING');
  expect(await db.rows('SELECT count(*), sum(v) FROM t')).toEqual([['15', '20']]);
  await db.rows('CREATE UNIQUE INDEX ON t (k, (v + 1))');
  expect(await db.error('INSERT INTO t VALUES (1, 3) ON CONFLICT (k) DO NOTHING')).toMatch(
    /^0A000: .* --cluster docker$/,
  );
});

test('indexes reach the shards under their names, and go again', async () => {
  await distribute('k int, v int');
  const indexes = () =>
    onShards(
      `SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = '%s'::regclass`,
    );
  const shards = (await db.column('SELECT shardid FROM pg_dist_shard ORDER BY 1')) as string[];
  await db.rows('CREATE INDEX by_v ON t (v)');
  await db.rows('CREATE UNIQUE INDEX pair ON t (k, v)');
  expect(await indexes()).toEqual(shards.map((id) => `by_v_${id} pair_${id}`));
  await db.rows('ALTER INDEX by_v RENAME TO v_index');
  await db.rows('DROP INDEX pair');
  expect(await indexes()).toEqual(shards.map((id) => `v_index_${id}`));
  await db.rows('ALTER TABLE t ADD CONSTRAINT t_key UNIQUE (v, k)');
  await db.rows('ALTER TABLE t ADD PRIMARY KEY (k)');
  expect(await indexes()).toEqual(shards.map((id) => `t_key_${id} t_pkey_${id} v_index_${id}`));
  await db.rows('ALTER TABLE t DROP CONSTRAINT t_key, DROP CONSTRAINT t_pkey');
  expect(await db.error('ALTER TABLE t ALTER k DROP NOT NULL')).toMatch(
    /^XX000: .* involving partition column/,
  );
  expect(await indexes()).toEqual(shards.map((id) => `v_index_${id}`));
  expect(await db.error('CREATE INDEX CONCURRENTLY ON t (v)')).toMatch(/^0A000/);
});

test('columns can be added, changed, renamed and dropped', async () => {
  await distribute('k int, v int');
  await db.rows('INSERT INTO t SELECT g, g FROM generate_series(1, 20) g');
  await db.rows(`ALTER TABLE t ADD COLUMN unit text DEFAULT 'C'`);
  expect(await db.error('ALTER TABLE t ADD COLUMN counted bigserial')).toMatch(
    /^0A000: .* involving serial pseudotypes/,
  );
  expect(await db.rows('SELECT unit, count(*) FROM t GROUP BY 1')).toEqual([['C', '20']]);
  await db.rows(
    `ALTER TABLE t ALTER v TYPE numeric(8, 2), ALTER unit SET DEFAULT 'F', ALTER unit SET NOT NULL`,
  );
  await db.rows('ALTER TABLE t RENAME COLUMN v TO value');
  await db.rows('ALTER TABLE t RENAME COLUMN k TO device');
  expect(await db.rows('INSERT INTO t VALUES (21, 1) RETURNING *')).toEqual([['21', '1.00', 'F']]);
  expect(await db.error('INSERT INTO t VALUES (1, 1, NULL)')).toMatch(/^23502: null value in column "unit"/);
  expect(await db.error('INSERT INTO t (value) VALUES (1)')).toMatch(/^22004/);
  expect(
    await onShards(
      `SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = '%s'::regclass AND attnum > 0 AND NOT attisdropped`,
    ),
  ).toEqual(Array(4).fill('device integer, value numeric(8,2), unit text'));
  await db.rows('ALTER TABLE t DROP COLUMN value');
  await db.rows('ALTER TABLE t ADD CONSTRAINT few CHECK (device < 100)');
  expect(await db.error('INSERT INTO t VALUES (100)')).toMatch(/^23514: .* constraint "few_\d+"/);
  await db.rows('ALTER TABLE t DROP CONSTRAINT few');
  await db.rows('INSERT INTO t VALUES (100)');
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['22']);
});

test('a change that a shard cannot make is made nowhere', async () => {
  await distribute('k int, v int');
  await db.rows('INSERT INTO t VALUES (1, 1), (1, 1), (2, NULL)');
  expect(await db.error('ALTER TABLE t ADD UNIQUE (k, v)')).toMatch(/^23505: could not create unique index/);
  expect(await db.error('ALTER TABLE t ALTER v SET NOT NULL')).toMatch(/^23502/);
  expect(await db.column(`SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass`)).toEqual(['0']);
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['3']);
  expect(await db.shardsTouched('SELECT * FROM t WHERE k = 1')).toHaveLength(1);
});

test('names that need quotes, other schemas and long names', async () => {
  const long = 'a_very_long_table_name_that_is_nearly_sixty_three_bytes_long_x';
  await db.rows(
    `CREATE SCHEMA "Odd"; CREATE TABLE "Odd"."Tab le" ("Key" text, v int); CREATE TABLE ${long} (k int)`,
  );
  await db.rows(`SELECT create_distributed_table('"Odd"."Tab le"', 'Key')`);
  await db.rows(`SELECT create_distributed_table('${long}', 'k')`);
  await db.rows(`INSERT INTO "Odd"."Tab le" SELECT 'k' || g, g FROM generate_series(1, 100) g`);
  expect(
    await db.column(
      `SELECT sum(result::int) FROM run_command_on_shards('"Odd"."Tab le"', 'SELECT count(*) FROM %s')`,
    ),
  ).toEqual(['100']);
  expect(
    await db.column(`SELECT min(shard_name) FROM citus_shards WHERE table_name = '"Odd"."Tab le"'::regclass`),
  ).toEqual([expect.stringMatching(/^"Odd"\."Tab le_\d+"$/)]);
  expect(
    await db.column(`SELECT min(shard_name) FROM citus_shards WHERE table_name = '${long}'::regclass`),
  ).toEqual([expect.stringMatching(/^a_very_long_table_name_that_is_nearly_sixty_thr_5d5a11de_\d+$/)]);
  await db.rows('ALTER TABLE "Odd"."Tab le" RENAME TO plain');
  await db.rows('ALTER TABLE "Odd".plain SET SCHEMA public');
  expect(await db.column('SELECT count(*) FROM plain')).toEqual(['100']);
  expect(
    await db.column(`SELECT min(shard_name) FROM citus_shards WHERE table_name = 'plain'::regclass`),
  ).toEqual([expect.stringMatching(/^plain_\d+$/)]);
  await db.rows(`DROP TABLE plain, ${long}; DROP SCHEMA "Odd"`);
  expect(await db.column('SELECT count(*) FROM pg_dist_shard')).toEqual(['0']);
});

test('dropping the schema of a table drops its shards', async () => {
  await db.rows('CREATE SCHEMA gone CREATE TABLE t (k int)');
  await db.rows(`SELECT create_distributed_table('gone.t', 'k')`);
  await db.rows('DROP SCHEMA gone CASCADE');
  expect(await db.column('SELECT count(*) FROM pg_dist_partition')).toEqual(['0']);
  expect(
    await db.column(
      `SELECT result FROM run_command_on_workers($$SELECT count(*) FROM pg_tables WHERE schemaname = 'gone'$$)`,
    ),
  ).toEqual(['0', '0']);
});
