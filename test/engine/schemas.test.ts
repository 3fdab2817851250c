// Tables that are one shard, and schemas whose tables are. Recorded on Citus 13.2.2.
import { afterAll, beforeEach, expect } from 'vitest';
import { clusterTest, type TestCluster } from '../support/cluster.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest({ workers: 3 });

let cluster: TestCluster;
let db: Session;
test.beforeAll(async ({ cluster: own }) => {
  cluster = own;
  db = await openSession(cluster);
});
afterAll(() => db.close());

beforeEach(async () => {
  await db.rows('RESET ALL; SET client_min_messages = warning');
  await db.rows(
    'DROP SCHEMA IF EXISTS ta, tb, tc CASCADE; DROP TABLE IF EXISTS four, three, two, one, away, ref',
  );
  await db.rows('RESET client_min_messages; SET citus.shard_count = 4');
  db.notices();
});

const tables = () =>
  db.rows(`SELECT table_name, citus_table_type, distribution_column, shard_count
             FROM citus_tables ORDER BY table_name::text`);
const place = (table: string) =>
  db.column(`SELECT nodename FROM citus_shards WHERE table_name = '${table}'::regclass`);
const schemasOnWorkers = () =>
  db.column(`SELECT result FROM run_command_on_workers($$
    SELECT coalesce(string_agg(nspname, ' ' ORDER BY nspname), '') FROM pg_namespace WHERE nspname IN ('ta', 'tb', 'tc')$$)`);

test('a table without a key is one shard, beside the others of its group', async () => {
  await db.rows('CREATE TABLE one (id int PRIMARY KEY, t text); INSERT INTO one VALUES (1)');
  await db.rows('CREATE TABLE two (id int REFERENCES one); CREATE TABLE three (id int)');
  await db.rows(`SELECT create_distributed_table('one', NULL)`);
  expect(db.notices()).toEqual(['Copying data from local table...', 'copying the data has completed']);
  await db.rows(`SELECT create_distributed_table('two', NULL)`);
  await db.rows(`SELECT create_distributed_table('three', NULL, colocate_with => 'none')`);
  expect(await tables()).toEqual(['one', 'three', 'two'].map((name) => [name, 'distributed', '<none>', '1']));
  expect(await place('two')).toEqual(await place('one'));
  expect(await place('three')).not.toEqual(await place('one'));
  expect(
    await db.rows(
      `SELECT partmethod, partkey, repmodel, shardminvalue FROM pg_dist_partition JOIN pg_dist_shard USING (logicalrelid)`,
    ),
  ).toEqual(Array(3).fill(['n', null, 's', null]));
  expect(await db.shardsTouched('SELECT * FROM one')).toHaveLength(1);

  await db.rows('UPDATE one SET id = 5; INSERT INTO three VALUES (NULL), (1)');
  await db.rows('INSERT INTO two VALUES (5)');
  expect(await db.error('INSERT INTO two VALUES (6)')).toMatch(/^23503/);
  expect(await db.error('INSERT INTO one (t) VALUES (1)')).toMatch(/^23502/);
  await db.rows('ALTER TABLE one ADD COLUMN more int DEFAULT 7');
  expect(await db.rows('SELECT * FROM one JOIN two USING (id)')).toEqual([['5', null, '7']]);
  expect(await db.column('SELECT count(*) FROM three')).toEqual(['2']);
});

test('a single shard moves, and goes back', async () => {
  await db.rows(
    'CREATE TABLE one (id int PRIMARY KEY); CREATE TABLE two (id int REFERENCES one, PRIMARY KEY (id))',
  );
  for (const table of ['one', 'two']) await db.rows(`SELECT create_distributed_table('${table}', NULL)`);
  await db.rows('INSERT INTO one VALUES (1); INSERT INTO two VALUES (1)');
  const [from] = await place('one');
  const to = from === 'worker-1' ? 'worker-2' : 'worker-1';
  await db.rows(`SELECT citus_move_shard_placement(shardid, '${from}', 5432, '${to}', 5432)
                   FROM pg_dist_shard WHERE logicalrelid = 'two'::regclass`);
  expect([await place('one'), await place('two')]).toEqual([[to], [to]]);
  expect(await db.column('SELECT count(*) FROM one JOIN two USING (id)')).toEqual(['1']);
  await db.rows('DROP TABLE two');
  await db.rows(`SELECT undistribute_table('one')`);
  expect(await db.column('SELECT id FROM one')).toEqual(['1']);
  await db.rows('INSERT INTO one VALUES (2)');
});

test('what a single shard cannot be is refused', async () => {
  await db.rows('CREATE TABLE one (id int); CREATE TABLE two (id int); CREATE TABLE three (id int)');
  const distribute = (rest: string) => db.error(`SELECT create_distributed_table('one', ${rest})`);
  expect(await distribute('NULL, shard_count => 3')).toBe(
    "XX000: shard_count can't be specified when the distribution column is null because in that case it's automatically set to 1",
  );
  expect(await distribute(`NULL, 'range'`)).toMatch(/^XX000: distribution_type can't be specified/);
  await db.rows(
    `SELECT create_distributed_table('two', 'id'); SELECT create_distributed_table('three', NULL)`,
  );
  expect(await distribute(`NULL, colocate_with => 'two'`)).toBe('XX000: cannot colocate tables two and one');
  expect(await distribute(`'id', colocate_with => 'three'`)).toBe(
    'XX000: cannot colocate tables three and one',
  );
  expect(await db.error(`SELECT alter_distributed_table('three', shard_count => 4)`)).toBe(
    '0A000: relation three should be a hash distributed table',
  );
  await db.rows('SET citus.shard_replication_factor = 2');
  expect(await distribute('NULL')).toBe(
    'XX000: could not create single shard table: citus.shard_replication_factor is greater than 1',
  );
});

test('a schema is distributed with its tables, and undistributed', async () => {
  await db.rows('CREATE TABLE ref (id int PRIMARY KEY); INSERT INTO ref VALUES (1)');
  await db.rows(`SELECT create_reference_table('ref')`);
  await db.rows('CREATE SCHEMA ta; CREATE TABLE ta.late (id int, r int REFERENCES ref)');
  await db.rows('CREATE TABLE ta.early (id int PRIMARY KEY, b serial); INSERT INTO ta.early VALUES (1), (2)');
  await db.rows(
    'ALTER TABLE ta.late ADD FOREIGN KEY (id) REFERENCES ta.early; INSERT INTO ta.late VALUES (1, 1)',
  );
  db.notices();
  await db.rows(`SELECT citus_schema_distribute('ta')`);
  expect(db.notices()[0]).toBe('distributing the schema ta');
  expect((await tables()).map(([name, type]) => `${name} ${type}`)).toEqual([
    'ref reference',
    'ta.early schema',
    'ta.late schema',
  ]);
  expect(await db.rows('SELECT schema_name, schema_owner FROM citus_schemas')).toEqual([['ta', 'postgres']]);
  expect(await db.error('INSERT INTO ta.late VALUES (9, 1)')).toMatch(/^23503/);
  expect(
    await db.column('SELECT count(*) FROM ta.late JOIN ta.early USING (id) JOIN ref ON r = ref.id'),
  ).toEqual(['1']);
  expect(await db.error(`SELECT undistribute_table('ta.late')`)).toBe(
    'XX000: ta.late is not allowed for undistribute_table because it belongs to a distributed schema',
  );
  db.notices();
  await db.rows(`SELECT citus_schema_distribute('ta')`);
  await db.rows(`SELECT citus_schema_undistribute('ta')`);
  expect(db.notices()).toEqual(['schema ta is already distributed', 'undistributing schema ta']);
  expect(await db.column('SELECT count(*) FROM ta.late JOIN ta.early USING (id)')).toEqual(['1']);
  expect(await db.error('INSERT INTO ta.late VALUES (9, 1)')).toMatch(/^23503/);
  expect(await db.rows('SELECT * FROM pg_dist_schema')).toEqual([]);
  expect(await db.error(`SELECT citus_schema_distribute('public')`)).toBe(
    'XX000: public schema cannot be distributed',
  );
  expect(await db.error(`SELECT citus_schema_undistribute('ta')`)).toBe(
    'XX000: schema ta is not distributed',
  );
});

test('with the setting on, a new schema is distributed, and so is what is created in it', async () => {
  await db.rows('SET citus.enable_schema_based_sharding = on; CREATE SCHEMA ta; CREATE SCHEMA tb');
  await db.rows('CREATE TABLE ref (id int PRIMARY KEY)');
  await db.rows(`SELECT create_reference_table('ref')`);
  await db.rows('CREATE TABLE ta.a (id int PRIMARY KEY); CREATE TABLE tb.a (id int PRIMARY KEY)');
  await db.rows(
    'CREATE TABLE ta.b (id int REFERENCES ta.a, r int REFERENCES ref); CREATE TABLE ta.c AS SELECT 1 AS x',
  );
  expect((await tables()).filter(([, type]) => type === 'schema').map(([name]) => name)).toEqual([
    'ta.a',
    'ta.b',
    'ta.c',
    'tb.a',
  ]);
  expect(await place('ta.b')).toEqual(await place('ta.a'));
  expect(await place('tb.a')).not.toEqual(await place('ta.a'));
  expect(await db.column('SELECT x FROM ta.c')).toEqual(['1']);
  await db.rows('BEGIN; CREATE SCHEMA tc; CREATE TABLE tc.a (id int); INSERT INTO tc.a VALUES (1); ROLLBACK');
  expect(await db.column('SELECT schema_name FROM citus_schemas')).toEqual(['ta', 'tb']);

  db.notices();
  await db.rows(
    'ALTER TABLE ta.c SET SCHEMA public; ALTER TABLE c RENAME TO away; ALTER TABLE away SET SCHEMA tb',
  );
  expect(db.notices().filter((notice) => notice.includes('schema'))).toEqual([
    'undistributing table c in distributed schema ta before altering its schema',
    'Moving away into distributed schema tb',
  ]);
  expect(await db.column('SELECT x FROM tb.away')).toEqual(['1']);
  await db.rows('CREATE TABLE four (k int)');
  await db.rows(`SELECT create_distributed_table('four', 'k')`);
  expect(await db.error('ALTER TABLE four SET SCHEMA tb')).toBe(
    'XX000: distributed schema cannot have distributed tables',
  );
  await db.rows('ALTER SCHEMA tb RENAME TO tc');
  expect(await db.column('SELECT x FROM tc.away')).toEqual(['1']);
});

test('a schema moves to another node as a whole', async () => {
  await db.rows('SET citus.enable_schema_based_sharding = on; CREATE SCHEMA ta; CREATE SCHEMA tb');
  await db.rows(
    'CREATE TABLE ta.a (id int PRIMARY KEY); CREATE TABLE ta.b (id int REFERENCES ta.a); INSERT INTO ta.a VALUES (1)',
  );
  const [from] = await place('ta.a');
  const target = from === 'worker-1' ? 3 : 2;
  const move = (rest: string) => `SELECT citus_schema_move(${rest})`;
  expect(await db.error(move(`'ta', ${target}`))).toMatch(/^0A000: cannot use logical replication/);
  await db.rows(move(`'ta', ${target}, 'block_writes'`));
  expect(await place('ta.b')).toEqual([`worker-${target - 1}`]);
  expect(await db.column('SELECT id FROM ta.a')).toEqual(['1']);
  expect(await db.error(move(`'ta', ${target}, 'block_writes'`))).toBe(
    '22023: cannot move shard to the same node',
  );
  expect(await db.error(move(`'tb', 2`))).toBe(
    'XX000: cannot move distributed schema tb because it is empty',
  );
  expect(await db.error(move(`'public', 2`))).toBe('XX000: schema public is not a distributed schema');
});

test('a schema that is dropped is dropped on the workers', async () => {
  await db.rows('CREATE SCHEMA ta; CREATE TABLE ta.a (k int)');
  await db.rows(`SELECT create_distributed_table('ta.a', 'k')`);
  expect(await schemasOnWorkers()).toEqual(['ta', 'ta', 'ta']);
  await db.rows('BEGIN; DROP SCHEMA ta CASCADE; ROLLBACK');
  expect(await schemasOnWorkers()).toEqual(['ta', 'ta', 'ta']);
  await db.rows(`SELECT run_command_on_workers('CREATE TABLE ta.mine (a int)') LIMIT 1`);
  await db.rows('DROP SCHEMA ta CASCADE');
  expect(await schemasOnWorkers()).toEqual(['ta', 'ta', 'ta']); // somebody's own table is in it
  await db.rows(`SELECT run_command_on_workers('DROP SCHEMA ta CASCADE')`);
  await db.rows('SET citus.enable_schema_based_sharding = on; CREATE SCHEMA tb; CREATE TABLE tb.a (id int)');
  await db.rows('DROP SCHEMA tb CASCADE');
  expect(await schemasOnWorkers()).toEqual(['', '', '']);
  expect(await db.rows('SELECT * FROM citus_schemas')).toEqual([]);
});

test('a table leaves for a schema that the workers do not have', async () => {
  await db.rows('CREATE TABLE four (k int); CREATE SCHEMA ta');
  await db.rows(`SELECT create_distributed_table('four', 'k'); INSERT INTO four VALUES (1), (2)`);
  await db.rows('ALTER TABLE four SET SCHEMA ta');
  expect(await db.column('SELECT count(*) FROM ta.four')).toEqual(['2']);
});
