// Which shard each row goes to, on which worker. All expected numbers were recorded on Citus 13.2.2.
import { afterAll, expect } from 'vitest';
import { clusterTest } from '../support/cluster.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest();

let db: Session;
test.beforeAll(async ({ cluster }) => {
  db = await openSession(cluster);
});
afterAll(() => db.close());

/** 1,000 rows over 100 keys, and how many of them Citus put into each of four shards. */
const keys = [
  ['smallint', '(g % 100) + 1', [240, 250, 230, 280]],
  ['integer', '(g % 100) + 1', [240, 250, 230, 280]],
  ['bigint', '(g % 100) + 1', [240, 250, 230, 280]],
  ['text', `'sensor-' || ((g % 100) + 1)`, [200, 150, 300, 350]],
  ['varchar(20)', `'sensor-' || ((g % 100) + 1)`, [200, 150, 300, 350]],
  [
    'uuid',
    `('00000000-0000-0000-0000-' || lpad(((g % 100) + 1)::text, 12, '0'))::uuid`,
    [260, 270, 300, 170],
  ],
  ['date', `'2025-01-01'::date + (g % 100)`, [290, 210, 240, 260]],
  [
    'timestamptz',
    `'2025-01-01 00:00:00+00'::timestamptz + (g % 100) * interval '1 minute'`,
    [210, 310, 250, 230],
  ],
  ['numeric', '(g % 100) + 1', [220, 290, 230, 260]],
  ['float8', '((g % 100) + 1) / 2.0', [250, 280, 290, 180]],
] as const;

test.each(keys)('rows with a key of type %s are where Citus puts them', async (type, key, expected) => {
  const table = `by_${type.replace(/\W.*/, '')}`;
  await db.rows(`CREATE TABLE ${table} (k ${type}, n int)`);
  await db.rows(
    `SELECT create_distributed_table('${table}', 'k', colocate_with => 'none', shard_count => 4)`,
  );
  await db.rows(`INSERT INTO ${table} SELECT ${key}, g FROM generate_series(1, 1000) g`);
  expect(
    await db.column(
      `SELECT result FROM run_command_on_shards('${table}', 'SELECT count(*) FROM %s') ORDER BY shardid`,
    ),
  ).toEqual(expected.map(String));

  // The shard that is asked for by key is the one that the plan reads and that holds the rows.
  const [[value]] = (await db.rows(`SELECT quote_literal(k) FROM ${table} ORDER BY n LIMIT 1`)) as [[string]];
  const [shard] = await db.column(
    `SELECT get_shard_id_for_distribution_column('${table}', ${value}::${type})`,
  );
  expect(await db.shardsTouched(`SELECT * FROM ${table} WHERE k = ${value}::${type}`)).toEqual([shard]);
});

test('a trailing blank in a varchar key counts, as in text', async () => {
  expect(
    await db.rows(`
      SELECT get_shard_id_for_distribution_column('by_varchar', 'a'::varchar) - min(shardid),
             get_shard_id_for_distribution_column('by_varchar', 'a '::varchar) - min(shardid),
             least((hashtext('a ')::bigint + 2147483648) / 1073741824, 3)
        FROM pg_dist_shard
       WHERE logicalrelid = 'by_varchar'::regclass`),
  ).toEqual([['3', '1', '1']]);
});

test('rows with a boolean key are where Citus puts them', async () => {
  await db.rows('CREATE TABLE by_bool (k bool, n int)');
  await db.rows(`SELECT create_distributed_table('by_bool', 'k', colocate_with => 'none', shard_count => 4)`);
  await db.rows('INSERT INTO by_bool SELECT g % 2 = 0, g FROM generate_series(1, 1000) g');
  expect(
    await db.column(
      `SELECT result FROM run_command_on_shards('by_bool', 'SELECT count(*) FROM %s') ORDER BY shardid`,
    ),
  ).toEqual(['500', '500', '0', '0']);
  expect(await db.column('SELECT count(*) FROM by_bool WHERE k')).toEqual(['500']);
});

test('types beyond those recorded are placed by their hash and found again', async () => {
  const types = [
    ['float4', '(g / 7.0)::float4'],
    ['timestamp', `'2025-01-01'::timestamp + g * interval '1 hour'`],
    ['time', `'00:00'::time + g * interval '1 minute'`],
    ['inet', `'10.0.0.0'::inet + g`],
    ['interval', `g * interval '1 minute'`],
    ['jsonb', `to_jsonb(g)`],
    ['bytea', `decode(md5(g::text), 'hex')`],
    ['char(8)', `g::text`],
    ['name', `('n' || g)::name`],
  ] as const;
  for (const [type, key] of types) {
    const table = `other_${type.replace(/\W.*/, '')}`;
    await db.rows(`CREATE TABLE ${table} (k ${type}, n int)`);
    await db.rows(`SELECT create_distributed_table('${table}', 'k', shard_count => 5)`);
    await db.rows(`INSERT INTO ${table} SELECT ${key}, g FROM generate_series(1, 40) g`);
    const wrong = await db.rows(`
      SELECT n
        FROM ${table} t
        JOIN pg_dist_shard s ON s.logicalrelid = '${table}'::regclass
                            AND worker_hash(t.k) BETWEEN s.shardminvalue::int AND s.shardmaxvalue::int
       WHERE s.shardid <> get_shard_id_for_distribution_column('${table}', t.k)
          OR s.shardid <> substring(t.tableoid::regclass::text FROM '\\d+$')::int`);
    expect(wrong, type).toEqual([]);
    const [value] = await db.column(`SELECT quote_literal(k) FROM ${table} WHERE n = 7`);
    expect(await db.column(`SELECT n FROM ${table} WHERE k = ${value}`), type).toEqual(['7']);
    expect(await db.shardsTouched(`SELECT * FROM ${table} WHERE k = ${value}`), type).toHaveLength(1);
  }
});

test('infinite dates and the ends of the integers have a shard', async () => {
  await db.rows('CREATE TABLE ends (d date)');
  await db.rows(`SELECT create_distributed_table('ends', 'd')`);
  await db.rows(`INSERT INTO ends VALUES ('infinity'), ('-infinity'), ('4713-01-01 BC')`);
  expect(await db.column(`SELECT count(*) FROM ends WHERE d = 'infinity'`)).toEqual(['1']);
  await db.rows('CREATE TABLE ends_of_bigint (k bigint)');
  await db.rows(
    `SELECT create_distributed_table('ends_of_bigint', 'k', shard_count => 4, colocate_with => 'none')`,
  );
  const recorded = {
    '1': 0,
    '2': 3,
    '3': 1,
    '-1': 2,
    '-2': 0,
    '2147483648': 0,
    '4294967296': 0,
    '-4294967296': 1,
    '9223372036854775807': 0,
  };
  for (const [key, index] of Object.entries(recorded)) {
    expect(
      await db.column(`SELECT get_shard_id_for_distribution_column('ends_of_bigint', ${key}::bigint) - min(shardid)
                         FROM pg_dist_shard WHERE logicalrelid = 'ends_of_bigint'::regclass`),
      key,
    ).toEqual([String(index)]);
  }
});

/** The first hash of every shard but the first, for numbers of shards that do not divide 2^32 as well as for some that do. */
const starts = {
  1: [],
  2: ['0'],
  3: ['-715827883', '715827882'],
  5: ['-1288490189', '-429496730', '429496729', '1288490188'],
  6: ['-1431655766', '-715827884', '-2', '715827880', '1431655762'],
  8: ['-1610612736', '-1073741824', '-536870912', '0', '536870912', '1073741824', '1610612736'],
};

test.each(Object.entries(starts))(
  '%s shards have the ranges of Citus, in turns on the workers',
  async (count, expected) => {
    const table = `in_${count}`;
    await db.rows(`CREATE TABLE ${table} (k int)`);
    await db.rows(`SELECT create_distributed_table('${table}', 'k', shard_count => ${count})`);
    const shards = await db.rows(`
    SELECT shardminvalue, shardmaxvalue, nodename
      FROM pg_dist_shard JOIN pg_dist_shard_placement USING (shardid)
     WHERE logicalrelid = '${table}'::regclass
     ORDER BY shardid`);
    expect(shards.map(([min]) => min)).toEqual(['-2147483648', ...expected]);
    expect(shards.map(([, max]) => max)).toEqual([
      ...expected.map((min) => String(Number(min) - 1)),
      '2147483647',
    ]);
    expect(shards.map(([, , node]) => node)).toEqual(shards.map((_, i) => `worker-${(i % 2) + 1}`));

    await db.rows(`INSERT INTO ${table} SELECT generate_series(1, 1000)`);
    expect(
      await db.rows(`
      SELECT r.result
        FROM run_command_on_shards('${table}', 'SELECT count(*) FROM %s') r
        JOIN pg_dist_shard s USING (shardid)
       WHERE r.result::int <> (SELECT count(*) FROM generate_series(1, 1000) g
                                WHERE hashint4(g) BETWEEN s.shardminvalue::int AND s.shardmaxvalue::int)`),
    ).toEqual([]);
  },
);

test('without a count there are 32 shards, and citus.shard_count says otherwise', async () => {
  await db.rows('CREATE TABLE by_default (k int); CREATE TABLE by_setting (k int)');
  await db.rows(`SELECT create_distributed_table('by_default', 'k')`);
  await db.rows('SET citus.shard_count = 7');
  await db.rows(`SELECT create_distributed_table('by_setting', 'k')`);
  await db.rows('RESET citus.shard_count');
  expect(
    await db.rows(
      `SELECT table_name, shard_count FROM citus_tables WHERE table_name::text LIKE 'by_%t%ing' OR table_name::text = 'by_default' ORDER BY 2`,
    ),
  ).toEqual([
    ['by_setting', '7'],
    ['by_default', '32'],
  ]);
});

test('plans read the shards of the keys that are asked for, whatever integer type they have', async () => {
  await db.rows('CREATE TABLE pruned (k bigint, n int)');
  await db.rows(`SELECT create_distributed_table('pruned', 'k', shard_count => 4, colocate_with => 'none')`);
  expect(await db.shardsTouched('SELECT * FROM pruned')).toHaveLength(4);
  expect(await db.shardsTouched('SELECT * FROM pruned WHERE k = 42')).toHaveLength(1);
  expect(await db.shardsTouched('SELECT * FROM pruned WHERE k = 42::smallint')).toHaveLength(1);
  expect(await db.shardsTouched('SELECT * FROM pruned WHERE k IN (1, 2)')).toHaveLength(2);
  expect(await db.shardsTouched('SELECT * FROM pruned WHERE k = 1 AND k = 2')).toHaveLength(0);
  expect(await db.shardsTouched('UPDATE pruned SET n = 0 WHERE k = 1')).toHaveLength(1);
  expect(await db.shardsTouched('DELETE FROM pruned WHERE k = 1')).toHaveLength(1);
  await db.rows('PREPARE one_key (bigint) AS SELECT * FROM pruned WHERE k = $1');
  for (let i = 0; i < 7; i++) expect(await db.shardsTouched('EXECUTE one_key (42)')).toHaveLength(1);
});

test('a key without a value is refused as Citus refuses it', async () => {
  await db.rows('CREATE TABLE keyed (k int, v int)');
  await db.rows(`SELECT create_distributed_table('keyed', 'k', shard_count => 3)`);
  const refusal = '22004: cannot perform an INSERT with NULL in the partition column';
  expect(await db.error('INSERT INTO keyed VALUES (NULL, 1)')).toBe(refusal);
  expect(await db.error('INSERT INTO keyed VALUES (1, 1), (NULL, 2)')).toBe(refusal);
  expect(await db.error('INSERT INTO keyed (v) VALUES (1)')).toBe(
    '22004: cannot perform an INSERT without a partition column value',
  );
  expect(await db.column('SELECT count(*) FROM keyed')).toEqual(['0']);
});

test('a value is asked about in its own type, as text, or without a type', async () => {
  const shards = await db.rows(`
    SELECT get_shard_id_for_distribution_column('by_integer', 1),
           get_shard_id_for_distribution_column('by_integer', 1::bigint),
           get_shard_id_for_distribution_column('by_integer', '1'),
           get_shard_id_for_distribution_column('by_integer', '1'::text)`);
  expect(new Set(shards[0])).toHaveLength(1);
  expect(await db.error(`SELECT get_shard_id_for_distribution_column('by_integer', 'abc')`)).toBe(
    '22P02: invalid input syntax for type integer: "abc"',
  );
  expect(await db.error(`SELECT get_shard_id_for_distribution_column('by_integer', NULL)`)).toBe(
    '22004: distribution value cannot be NULL for tables other than reference tables.',
  );
  expect(await db.error(`SELECT get_shard_id_for_distribution_column('pg_class', 1)`)).toBe(
    '42P16: relation is not distributed',
  );
});
