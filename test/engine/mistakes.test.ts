// What a learner gets wrong, and what Citus 13.2.2 said to it.
import { afterAll, expect } from 'vitest';
import { clusterTest } from '../support/cluster.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest();

let db: Session;
test.beforeAll(async ({ cluster }) => {
  db = await openSession(cluster);
  await db.rows(`
    SET citus.shard_count = 4;
    CREATE TABLE events (id bigint, device int, v int);
    CREATE TABLE plain (id int, doc json, twice int GENERATED ALWAYS AS (id * 2) STORED);
    CREATE TABLE keyed (id bigserial PRIMARY KEY, device int);
    CREATE TABLE other (name text);
    CREATE TEMP TABLE passing (k int);
    CREATE VIEW seen AS SELECT * FROM plain;
    SELECT create_distributed_table('events', 'device');`);
});
afterAll(() => db.close());

const distributing = [
  [`create_distributed_table('keyed', 'device')`, '0A000: cannot create constraint on "keyed"'],
  [`create_distributed_table('events', 'device')`, '42P16: table "events" is already distributed'],
  [`create_distributed_table('nosuch', 'id')`, '42P01: relation "nosuch" does not exist'],
  [
    `create_distributed_table('plain', 'nosuch')`,
    '42703: column "nosuch" of relation "plain" does not exist',
  ],
  [
    `create_distributed_table('plain', 'id', shard_count => 0)`,
    'XX000: 0 is outside the valid range for parameter "shard_count" (1 .. 64000)',
  ],
  [
    `create_distributed_table('plain', 'id', shard_count => -4)`,
    'XX000: -4 is outside the valid range for parameter "shard_count" (1 .. 64000)',
  ],
  [
    `create_distributed_table('plain', 'id', 'hashy')`,
    '22P02: invalid input value for enum citus.distribution_type: "hashy"',
  ],
  [
    `create_distributed_table('plain', 'id', colocate_with => 'nosuch')`,
    '42P01: relation "nosuch" does not exist',
  ],
  [
    `create_distributed_table('plain', 'id', colocate_with => 'events', shard_count => 8)`,
    'XX000: Cannot use colocate_with with a table and shard_count at the same time',
  ],
  [
    `create_distributed_table('other', 'name', colocate_with => 'events')`,
    'XX000: cannot colocate tables events and other',
  ],
  [
    `create_distributed_table('plain', 'doc')`,
    '42704: data type json has no default operator class for specified partition method',
  ],
  [`create_distributed_table('plain', 'twice')`, '0A000: cannot distribute relation: plain'],
  [`create_distributed_table('passing', 'k')`, '0A000: cannot distribute a temporary table'],
  [`create_distributed_table('seen', 'id')`, '42809: seen is not a regular, foreign or partitioned table'],
] as const;

test.each(distributing)('%s', async (call, expected) => {
  expect(await db.error(`SELECT ${call}`)).toBe(expected);
});

const using = [
  [
    'UPDATE events SET device = 5 WHERE device = 4',
    '0A000: modifying the partition value of rows is not allowed',
  ],
  ['UPDATE events SET device = device + 1', '0A000: modifying the partition value of rows is not allowed'],
  [
    'UPDATE events SET v = random()',
    '0A000: functions used in UPDATE queries on distributed tables must not be VOLATILE',
  ],
  ['INSERT INTO events (id) VALUES (1)', '22004: cannot perform an INSERT without a partition column value'],
  [
    'CREATE UNIQUE INDEX ON events (id)',
    '0A000: creating unique indexes on non-partition columns is currently unsupported',
  ],
  ['ALTER TABLE events ADD PRIMARY KEY (id)', '0A000: cannot create constraint on "events"'],
  ['ALTER TABLE events ADD UNIQUE (id, v)', '0A000: cannot create constraint on "events"'],
  [
    'ALTER TABLE events ALTER COLUMN device TYPE bigint',
    'XX000: cannot execute ALTER TABLE command involving partition column',
  ],
  [
    'ALTER TABLE events DROP COLUMN device',
    'XX000: cannot execute ALTER TABLE command involving partition column',
  ],
  [
    'CREATE TRIGGER x BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    'XX000: triggers are not supported on distributed tables',
  ],
] as const;

test.each(using)('%s', async (statement, expected) => {
  expect(await db.error(statement)).toBe(expected);
  // Nothing of it has happened, and the table still works.
  await db.rows('BEGIN; INSERT INTO events VALUES (1, 1, 1)');
  expect(await db.column('SELECT count(*) FROM events WHERE device = 1')).toEqual(['1']);
  await db.rows('ROLLBACK');
});

test('what looks like such a mistake and is none goes through', async () => {
  await db.rows('BEGIN');
  await db.rows(`INSERT INTO events (id, "device", v) VALUES (1, 1, 1)`);
  await db.rows(`UPDATE events SET v = length('random()') + abs(-1) WHERE device = 1`);
  expect(await db.column('SELECT v FROM events')).toEqual(['9']);
  await db.rows('ALTER TABLE events ADD COLUMN device_type int');
  await db.rows('ALTER TABLE events ALTER COLUMN device_type TYPE bigint');
  await db.rows('ALTER TABLE events DROP COLUMN device_type');
  await db.rows('CREATE TABLE local (device int, v int); ALTER TABLE local DROP COLUMN device');
  await db.rows('ROLLBACK');
});

test('a setting out of range is refused where it is used', async () => {
  await db.rows('SET citus.shard_count = 0');
  expect(await db.error(`SELECT create_distributed_table('plain', 'id')`)).toBe(
    '22023: 0 is outside the valid range for parameter "citus.shard_count" (1 .. 64000)',
  );
  await db.rows('SET citus.shard_count = 4');
  await db.rows('SET citus.shard_replication_factor = 5');
  expect(await db.error(`SELECT create_distributed_table('plain', 'id')`)).toBe(
    '22023: replication_factor (5) exceeds number of worker nodes (2)',
  );
  await db.rows('RESET citus.shard_replication_factor');
});
