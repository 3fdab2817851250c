// Tables that belong together: reference tables, co-location, foreign keys; and back to plain tables.
// The expected texts are those of Citus 13.2.2.
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
  await db.rows('DROP TABLE IF EXISTS orders, customers, countries, pairs CASCADE');
  db.notices();
});

/** Three tables as in a shop; every customer has ten orders. */
async function openShop(): Promise<void> {
  await db.rows(`
    CREATE TABLE countries (code text PRIMARY KEY, name text);
    INSERT INTO countries VALUES ('de', 'Germany'), ('nl', 'Netherlands'), ('tr', 'Turkey');
    SELECT create_reference_table('countries');
    CREATE TABLE customers (customer_id int PRIMARY KEY, name text, country text);
    SELECT create_distributed_table('customers', 'customer_id');
    CREATE TABLE orders (order_id bigint, customer_id int, amount numeric, PRIMARY KEY (order_id, customer_id));
    SELECT create_distributed_table('orders', 'customer_id', colocate_with => 'customers');
    INSERT INTO customers SELECT g, 'c' || g, (ARRAY['de', 'nl', 'tr'])[g % 3 + 1] FROM generate_series(1, 30) g;
    INSERT INTO orders SELECT g, g % 30 + 1, g FROM generate_series(1, 300) g;`);
}

const onCopies = (table: string, command: string) =>
  db.column(`SELECT result FROM run_command_on_placements('${table}', $$${command}$$) ORDER BY nodename`);

test('a reference table is on every node, its rows too', async () => {
  await openShop();
  expect(db.notices()).toEqual(['Copying data from local table...', 'copying the data has completed']);
  const shards = await db.rows(
    `SELECT nodename, citus_table_type, shard_size > 0 FROM citus_shards WHERE table_name = 'countries'::regclass ORDER BY 1`,
  );
  expect(shards).toEqual(['coordinator', 'worker-1', 'worker-2'].map((node) => [node, 'reference', 't']));
  expect(await onCopies('countries', 'SELECT count(*) FROM %s')).toEqual(['3', '3', '3']);
  expect(
    await db.rows(
      `SELECT partmethod, partkey, repmodel FROM pg_dist_partition WHERE logicalrelid = 'countries'::regclass`,
    ),
  ).toEqual([['n', null, 't']]);
  expect(
    await db.rows(
      'SELECT table_name, citus_table_type, distribution_column, shard_count FROM citus_tables ORDER BY 1::text',
    ),
  ).toEqual([
    ['countries', 'reference', '<none>', '1'],
    ['customers', 'distributed', 'customer_id', '4'],
    ['orders', 'distributed', 'customer_id', '4'],
  ]);
});

test('all copies of a reference table change together, or none does', async () => {
  await openShop();
  const copies = () => onCopies('countries', `SELECT string_agg(code || name, ' ' ORDER BY code) FROM %s`);
  await db.rows(`UPDATE countries SET name = 'Türkiye' WHERE code = 'tr'`);
  await db.rows(
    `INSERT INTO countries VALUES ('fr', 'France'), ('de', 'x') ON CONFLICT (code) DO UPDATE SET name = 'DE'`,
  );
  await db.rows(`DELETE FROM countries WHERE code = 'nl'`);
  await db.rows(`UPDATE countries SET code = 'xx' WHERE code = 'fr'`);
  expect(await copies()).toEqual(Array(3).fill('deDE trTürkiye xxFrance'));
  await db.rows('BEGIN; DELETE FROM countries; ROLLBACK');
  expect(await copies()).toEqual(Array(3).fill('deDE trTürkiye xxFrance'));
  await db.rows('ALTER TABLE countries ADD COLUMN people int DEFAULT 5');
  await db.rows('CREATE INDEX by_name ON countries (name)');
  expect(await onCopies('countries', 'SELECT sum(people) FROM %s')).toEqual(['15', '15', '15']);
  await db.rows('TRUNCATE countries');
  expect(await onCopies('countries', 'SELECT count(*) FROM %s')).toEqual(['0', '0', '0']);
});

test('equal rows of a reference table without a key stay equal in number', async () => {
  await db.rows(`
    CREATE TABLE pairs (a int, b float, c timestamptz, d bytea, e jsonb, f text[]);
    SELECT create_reference_table('pairs');
    INSERT INTO pairs SELECT 1, 1.1, '2025-01-01', '\\x00ff', '{"a": 1}', '{x,"y z"}' FROM generate_series(1, 4);
    INSERT INTO pairs VALUES (2), (2);
    DELETE FROM pairs WHERE ctid = (SELECT min(ctid) FROM pairs WHERE a = 1);
    DELETE FROM pairs WHERE ctid = (SELECT min(ctid) FROM pairs WHERE a = 2);
    UPDATE pairs SET b = b + 0.1 WHERE ctid = (SELECT max(ctid) FROM pairs WHERE a = 1);`);
  const [first, ...others] = await onCopies(
    'pairs',
    `SELECT string_agg(p::text, ' ' ORDER BY p::text) FROM %s p`,
  );
  expect(first!.match(/\(1,1\.1,/g)).toHaveLength(2);
  expect(first!.match(/\(1,1\.2000000000000002,/g)).toHaveLength(1);
  expect(first!.match(/\(2,/g)).toHaveLength(1);
  expect(others).toEqual([first, first]);
});

test('columns of a reference table can have any name', async () => {
  const names = [
    'n',
    'o',
    't',
    'r',
    'f',
    'c',
    'number',
    'content',
    'nth',
    'value',
    'image',
    'new_rows',
    'copy',
    'pairs',
    'a b"c',
  ];
  const columns = names.map((name) => `"${name.replaceAll('"', '""')}" int`).join(', ');
  await db.rows(`
    CREATE TABLE pairs (${columns});
    SELECT create_reference_table('pairs');
    INSERT INTO pairs SELECT ${names.map((_, i) => `g + ${i}`).join(', ')} FROM generate_series(1, 5) g;
    UPDATE pairs SET n = 7 WHERE o = 3;
    DELETE FROM pairs WHERE o = 4;`);
  const [first, ...others] = await onCopies(
    'pairs',
    `SELECT string_agg(p.*::text, ' ' ORDER BY o) FROM %s p`,
  );
  expect(first).toContain('(7,3,4,5,6,');
  expect(others).toEqual([first, first]);
});

test('joins give what they give on plain tables, and stay on one shard where the key is given', async () => {
  await openShop();
  expect(
    await db.rows(
      'SELECT c.name, sum(o.amount) FROM customers c JOIN orders o USING (customer_id) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3',
    ),
  ).toEqual([
    ['c1', '1650'],
    ['c30', '1640'],
    ['c29', '1630'],
  ]);
  expect(
    await db.rows(
      'SELECT k.name, count(*) FROM customers c JOIN countries k ON k.code = c.country GROUP BY 1 ORDER BY 1',
    ),
  ).toEqual([
    ['Germany', '10'],
    ['Netherlands', '10'],
    ['Turkey', '10'],
  ]);
  const plan = await db.shardsTouched(
    'SELECT * FROM customers JOIN orders USING (customer_id) WHERE customer_id = 7',
  );
  expect(plan).toHaveLength(2);
});

test('co-located tables have equal keys on the same node', async () => {
  await openShop();
  expect(
    await db.column(
      `SELECT count(DISTINCT colocation_id) FROM citus_tables WHERE citus_table_type = 'distributed'`,
    ),
  ).toEqual(['1']);
  const places = (table: string) =>
    db.rows(`SELECT shardminvalue, nodename FROM pg_dist_shard JOIN pg_dist_shard_placement USING (shardid)
              WHERE logicalrelid = '${table}'::regclass ORDER BY shardid`);
  expect(await places('orders')).toEqual(await places('customers'));
  await db.rows('CREATE TABLE pairs (k int)');
  await db.rows(`SELECT create_distributed_table('pairs', 'k', colocate_with => 'none')`);
  expect(
    await db.column(
      `SELECT count(DISTINCT colocation_id) FROM citus_tables WHERE citus_table_type = 'distributed'`,
    ),
  ).toEqual(['2']);
  await db.rows(`SELECT update_distributed_table_colocation('pairs', colocate_with => 'orders')`);
  expect(
    await db.column(
      `SELECT count(DISTINCT colocation_id) FROM citus_tables WHERE citus_table_type = 'distributed'`,
    ),
  ).toEqual(['1']);
  expect(await db.column(`SELECT count(*) FROM pg_dist_colocation`)).toEqual(['2']);
});

test('foreign keys between tables of one node are enforced by the shards', async () => {
  await openShop();
  await db.rows(
    'ALTER TABLE orders ADD CONSTRAINT fk_c FOREIGN KEY (customer_id) REFERENCES customers (customer_id)',
  );
  await db.rows(
    'ALTER TABLE customers ADD CONSTRAINT fk_country FOREIGN KEY (country) REFERENCES countries (code)',
  );
  expect(await db.error('INSERT INTO orders VALUES (9999, 777, 1)')).toMatch(
    /^23503: insert or update on table "orders_\d+" violates foreign key constraint "fk_c_\d+"$/,
  );
  expect(await db.error(`INSERT INTO customers VALUES (99, 'x', 'zz')`)).toMatch(
    /^23503: insert or update on table "customers_\d+" violates foreign key constraint "fk_country_\d+"$/,
  );
  expect(await db.error('DELETE FROM customers WHERE customer_id = 3')).toMatch(
    /^23503: .* on table "orders_\d+"$/,
  );
  expect(await db.error(`DELETE FROM countries WHERE code = 'de'`)).toMatch(/^23503/);
  expect(await db.error('DROP TABLE customers')).toMatch(/^2BP01/);
  await db.rows('ALTER TABLE orders DROP CONSTRAINT fk_c');
  await db.rows('INSERT INTO orders VALUES (9999, 777, 1)');
});

test('tables that are declared with foreign keys can be distributed one after the other, rows and all', async () => {
  await db.rows(`
    CREATE TABLE customers (id bigint PRIMARY KEY, name text);
    CREATE TABLE orders (id bigserial, customer_id bigint REFERENCES customers (id) ON DELETE CASCADE, PRIMARY KEY (id, customer_id));
    INSERT INTO customers SELECT g, 'x' FROM generate_series(1, 10) g;
    INSERT INTO orders (customer_id) SELECT g FROM generate_series(1, 10) g;
    SELECT create_distributed_table('customers', 'id');
    SELECT create_distributed_table('orders', 'customer_id');`);
  expect(await db.error('INSERT INTO orders (customer_id) VALUES (11)')).toMatch(
    /^23503: .* on table "orders_\d+"/,
  );
  await db.rows('DELETE FROM customers WHERE id = 3');
  expect(await db.column('SELECT count(*) FROM orders')).toEqual(['9']);
});

test('foreign keys that no shard could check are refused', async () => {
  await openShop();
  await db.rows(`
    CREATE TABLE pairs (a int PRIMARY KEY, b int);
    SELECT create_distributed_table('pairs', 'a', colocate_with => 'none');`);
  const apart =
    '0A000: cannot create foreign key constraint since relations are not colocated or not referencing a reference table';
  expect(await db.error('ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES pairs (a)')).toBe(apart);
  expect(await db.error('ALTER TABLE pairs ADD FOREIGN KEY (b) REFERENCES customers (customer_id)')).toBe(
    apart,
  );
  await db.rows('ALTER TABLE customers ADD COLUMN parent int');
  expect(
    await db.error('ALTER TABLE customers ADD FOREIGN KEY (parent) REFERENCES customers (customer_id)'),
  ).toBe('0A000: cannot create foreign key constraint');
  await db.rows('CREATE TABLE plain (id int PRIMARY KEY)');
  expect(await db.error('ALTER TABLE pairs ADD FOREIGN KEY (b) REFERENCES plain (id)')).toBe(
    '42P16: referenced table "plain" must be a distributed table or a reference table',
  );
  const toDistributed =
    '0A000: cannot create foreign key constraint since foreign keys from reference tables and local tables to distributed tables are not supported';
  expect(await db.error('ALTER TABLE plain ADD FOREIGN KEY (id) REFERENCES pairs (a)')).toBe(toDistributed);
  await db.rows(`SELECT create_reference_table('plain')`);
  expect(await db.error('ALTER TABLE plain ADD FOREIGN KEY (id) REFERENCES pairs (a)')).toBe(toDistributed);
  await db.rows('DROP TABLE plain');
  expect(await db.column('SELECT count(*) FROM customers JOIN orders USING (customer_id)')).toEqual(['300']);
});

test('a table can be plain again, and distributed in another way', async () => {
  await db.rows(`
    CREATE TABLE pairs (a int PRIMARY KEY, b int, c text DEFAULT 'c', d int GENERATED ALWAYS AS (a + 1) STORED);
    CREATE INDEX by_b ON pairs (b);
    CREATE VIEW seen AS SELECT a, b FROM pairs;
    SELECT create_distributed_table('pairs', 'a', colocate_with => 'none');
    INSERT INTO pairs SELECT g, g % 10 FROM generate_series(1, 200) g;`);
  db.notices();
  await db.rows(`SELECT undistribute_table('pairs')`);
  expect(db.notices()).toEqual([
    'creating a new table for public.pairs',
    'moving the data of public.pairs',
    'dropping the old public.pairs',
    'renaming the new table to public.pairs',
  ]);
  expect(
    await db.rows(
      `SELECT relkind FROM pg_class WHERE relname IN ('pairs', 'pairs_pkey', 'by_b') ORDER BY relname`,
    ),
  ).toEqual([['i'], ['r'], ['i']]);
  expect(await db.rows('SELECT count(*), sum(b), sum(d) FROM pairs')).toEqual([['200', '900', '20300']]);
  expect(
    await db.column(`SELECT count(*) FROM pg_dist_shard WHERE logicalrelid = 'pairs'::regclass`),
  ).toEqual(['0']);
  expect(await db.error('INSERT INTO pairs VALUES (7)')).toMatch(/^23505/);
  expect(await db.error(`SELECT undistribute_table('pairs')`)).toBe(
    'XX000: cannot undistribute table because the table is not distributed',
  );

  await db.rows(`SELECT create_distributed_table('pairs', 'a')`);
  await db.rows(`SELECT alter_distributed_table('pairs', shard_count => 6)`);
  expect(
    await db.rows(
      `SELECT distribution_column, shard_count FROM citus_tables WHERE table_name = 'pairs'::regclass`,
    ),
  ).toEqual([['a', '6']]);
  expect(await db.rows('SELECT count(*), sum(b) FROM seen')).toEqual([['200', '900']]);
  expect(await db.error(`SELECT alter_distributed_table('pairs', shard_count => 6)`)).toBe(
    `XX000: this call doesn't change any properties of the table`,
  );
});

test('a reference table can be plain again', async () => {
  await db.rows('CREATE TABLE pairs (a int)');
  await db.rows(`SELECT create_reference_table('pairs')`);
  await db.rows('INSERT INTO pairs VALUES (1)');
  await db.rows(`SELECT undistribute_table('pairs')`);
  await db.rows('INSERT INTO pairs VALUES (2)');
  expect(await db.column('SELECT count(*) FROM pairs')).toEqual(['2']);
  expect(
    await db.column(
      `SELECT result FROM run_command_on_workers($$SELECT count(*) FROM pg_class WHERE relname ~ '^pairs_'$$)`,
    ),
  ).toEqual(['0', '0']);
});

test('tables that foreign keys tie together become plain together', async () => {
  await db.rows(`CREATE TABLE land (code text PRIMARY KEY); CREATE TABLE buyer (k int PRIMARY KEY, code text REFERENCES land);
                 CREATE TABLE bought (k int REFERENCES buyer, id int)`);
  await db.rows(`SELECT create_reference_table('land'), create_distributed_table('buyer', 'k')`);
  await db.rows(`SELECT create_distributed_table('bought', 'k')`);
  await db.rows(
    `INSERT INTO land VALUES ('nl'); INSERT INTO buyer VALUES (1, 'nl'); INSERT INTO bought VALUES (1, 7)`,
  );
  expect(await db.error(`SELECT undistribute_table('buyer')`)).toBe(
    'XX000: cannot complete operation because table buyer has a foreign key',
  );
  db.notices();
  await db.rows(`SELECT undistribute_table('buyer', cascade_via_foreign_keys => true)`);
  expect(db.notices().filter((notice) => notice.startsWith('moving'))).toEqual([
    'moving the data of public.buyer',
    'moving the data of public.land',
    'moving the data of public.bought',
  ]);
  expect(
    await db.column(
      `SELECT count(*) FROM pg_dist_partition WHERE logicalrelid::text IN ('land', 'buyer', 'bought')`,
    ),
  ).toEqual(['0']);
  expect(await db.column('SELECT id FROM bought JOIN buyer USING (k) JOIN land USING (code)')).toEqual(['7']);
  expect(await db.error('INSERT INTO bought VALUES (2, 1)')).toMatch(/^23503: .* "bought_k_fkey"$/);
  await db.rows('DROP TABLE bought, buyer, land');
});
