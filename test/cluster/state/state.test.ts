// What somebody can do to a database is seen in its state. Most is done in a transaction that is undone, which commands on workers
// do not see: there may be more differences than the one that is looked for.
import { describe, expect } from 'vitest';
import type { Connection } from '../../../runner/connect/connection.ts';
import { query } from '../../../runner/connect/query.ts';
import { compareStates } from '../../../runner/state/compare.ts';
import { readState } from '../../../runner/state/read.ts';
import type { State } from '../../../runner/state/state.ts';
import { clusterTest, type TestCluster } from '../../support/cluster.ts';

const test = clusterTest()
  .extend('coordinator', { scope: 'file' }, ({ cluster }) => prepare(cluster))
  .extend('recorded', { scope: 'file' }, ({ coordinator }) => read(coordinator));

const tables = [
  'SET citus.shard_count = 4',
  'CREATE TABLE devices (device_id int PRIMARY KEY, serial_no text)',
  "SELECT create_distributed_table('devices', 'device_id')",
  'CREATE INDEX devices_serial ON devices (serial_no)',
  'CREATE TABLE events (event_id int, device_id int REFERENCES devices (device_id), kind text, at timestamptz)',
  "SELECT create_distributed_table('events', 'device_id', colocate_with => 'devices')",
  'CREATE TABLE kinds (kind text PRIMARY KEY)',
  "SELECT create_reference_table('kinds')",
  'CREATE TABLE readings (a int, b int, c numeric)',
  "SELECT create_distributed_table('readings', 'a', colocate_with => 'none')",
  "CREATE TABLE pairs (n serial, a int DEFAULT 0, b text CHECK (b <> ''))",
  "CREATE VIEW alarms AS SELECT device_id FROM events WHERE kind = 'alarm'",
  'INSERT INTO devices SELECT g, g::text FROM generate_series(1, 20) AS g',
  `INSERT INTO events SELECT g, g % 20 + 1, CASE WHEN g % 5 = 0 THEN 'alarm' ELSE 'status' END, '2025-01-01 00:00:00+00'
   FROM generate_series(1, 100) AS g`,
  "INSERT INTO kinds VALUES ('alarm'), ('status')",
  'INSERT INTO readings SELECT g, g, g FROM generate_series(1, 10) AS g',
  "INSERT INTO pairs (a, b) VALUES (1, 'one'), (2, 'two')",
];

async function prepare(cluster: TestCluster): Promise<Connection> {
  const connection = await cluster.connect('coordinator');
  for (const sql of tables) await run(connection, sql);
  return connection;
}

const { signal } = new AbortController();
const run = (connection: Connection, sql: string) => query(connection, sql, signal);
const read = (connection: Connection) =>
  readState({ coordinator: (sql) => run(connection, sql) }, { except: [], workers: 2 });

async function differences(recorded: State, connection: Connection): Promise<readonly string[]> {
  const found = compareStates(recorded, await read(connection), 'after the solution');
  return found.map(({ title, expected, actual }) => `${title}: expected ${expected}, got ${actual}`);
}

const others = 'expected those after the solution, got others';

test.for<[string, string]>([
  ["UPDATE events SET kind = 'x' WHERE event_id = 7", `values of kind in events: ${others}`],
  ["UPDATE events SET at = '2030-01-01' WHERE event_id = 7", `values of at in events: ${others}`],
  [
    'DELETE FROM events WHERE event_id = 7; INSERT INTO events VALUES (777, 8, NULL, now())',
    `values of event_id in events: ${others}`,
  ],
  ['DELETE FROM events WHERE event_id = 7', 'rows of events: expected 100, got 99'],
  [
    "UPDATE pairs SET b = CASE b WHEN 'one' THEN 'two' ELSE 'one' END",
    'rows of pairs: expected those after the solution, got the same values, combined in other rows',
  ],
  [
    'ALTER TABLE pairs ALTER COLUMN a TYPE bigint',
    'column a of pairs: expected integer DEFAULT 0, got bigint DEFAULT 0',
  ],
  [
    'ALTER TABLE pairs ALTER COLUMN a SET NOT NULL',
    'column a of pairs: expected integer DEFAULT 0, got integer NOT NULL DEFAULT 0',
  ],
  [
    'ALTER TABLE pairs ALTER COLUMN a DROP DEFAULT',
    'column a of pairs: expected integer DEFAULT 0, got integer',
  ],
  ['ALTER TABLE pairs ADD COLUMN c int', 'column c of pairs: expected none, got integer'],
  ['ALTER TABLE pairs DROP CONSTRAINT pairs_b_check', "check of pairs: expected ((b <> ''::text)), got none"],
  [
    'ALTER TABLE pairs RENAME TO p; CREATE VIEW pairs AS SELECT * FROM p',
    'kind of pairs: expected plain, got view',
  ],
  ['DROP TABLE pairs', 'table pairs: expected there is one, got none'],
  [
    "CREATE OR REPLACE VIEW alarms AS SELECT device_id FROM events WHERE kind = 'status'",
    "definition of alarms: expected SELECT device_id FROM events WHERE (kind = 'alarm'::text), got SELECT device_id FROM events WHERE (kind = 'status'::text)",
  ],
  ['CREATE VIEW v AS SELECT 1', 'view v: expected none, got there is one'],
  [
    "CREATE FUNCTION count(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    'function count(integer): expected none, got there is one',
  ],
  [
    'CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = textregexeq)',
    'operator public.=(text,text): expected none, got there is one',
  ],
  ["CREATE TYPE mood AS ENUM ('ok')", 'type mood: expected none, got there is one'],
  ['CREATE CAST (text AS point) WITH INOUT', 'cast text AS point: expected none, got there is one'],
  ['CREATE SEQUENCE numbers', 'sequence numbers: expected none, got there is one'],
  [
    'CREATE RULE r AS ON INSERT TO pairs DO INSTEAD NOTHING',
    'trigger of pairs: expected none, got CREATE RULE r AS\n    ON INSERT TO public.pairs DO INSTEAD NOTHING;',
  ],
  [
    "DROP TABLE readings; CREATE TABLE readings (a int, b int, c numeric); SELECT create_distributed_table('readings', 'b')",
    'distribution column of readings: expected a, got b',
  ],
  ["ALTER DATABASE postgres SET work_mem = '1MB'", 'setting work_mem: expected none, got 1MB'],
])('%s', async ([change, sentence], { coordinator, recorded }) => {
  await run(coordinator, 'BEGIN');
  try {
    for (const sql of change.split('; ')) await run(coordinator, sql);
    expect(await differences(recorded, coordinator)).toContain(sentence);
  } finally {
    await run(coordinator, 'ROLLBACK');
  }
});

/** What locks shards, which a transaction would keep: it is committed, and undone by another statement. */
test.for<[change: string, undo: string, sentence: string]>([
  [
    'DROP INDEX devices_serial',
    'CREATE INDEX devices_serial ON devices (serial_no)',
    'index of devices: expected (serial_no), got none',
  ],
  [
    'ALTER TABLE events DROP CONSTRAINT events_device_id_fkey',
    'ALTER TABLE events ADD CONSTRAINT events_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices (device_id)',
    'foreign key (device_id) of events: expected REFERENCES devices(device_id), got none',
  ],
  [
    "SELECT undistribute_table('kinds')",
    "SELECT create_reference_table('kinds')",
    'kind of kinds: expected reference, got plain',
  ],
  [
    "SELECT alter_distributed_table('readings', shard_count => 2)",
    "SELECT alter_distributed_table('readings', shard_count => 4, colocate_with => 'none')",
    'shards of readings: expected 4, got 2',
  ],
  [
    "SELECT alter_distributed_table('readings', colocate_with => 'devices')",
    "SELECT alter_distributed_table('readings', colocate_with => 'none')",
    'tables co-located with readings: expected none, got devices, events',
  ],
  [
    "SELECT citus_set_node_property('worker-2', 5432, 'shouldhaveshards', false)",
    "SELECT citus_set_node_property('worker-2', 5432, 'shouldhaveshards', true)",
    'nodes: expected should have no shards; should have shards; should have shards, got should have no shards; should have no shards; should have shards',
  ],
])('%s', async ([change, undo, sentence], { coordinator, recorded }) => {
  await run(coordinator, change);
  try {
    expect(await differences(recorded, coordinator)).toContain(sentence);
  } finally {
    await run(coordinator, undo);
  }
  expect(await differences(recorded, coordinator)).toEqual([]);
});

describe('what is as it was', () => {
  test.for([
    ['nothing changed', 'SELECT 1'],
    ['a table of a learner', 'CREATE TABLE mine AS SELECT 1 AS a'],
    ['rows in another order', 'UPDATE events SET kind = kind; UPDATE pairs SET a = a'],
    ['another way to write the same number', 'UPDATE readings SET c = c + 0.00'],
    ['a number that a sequence gave', 'UPDATE pairs SET n = n + 10'],
    ['another name', 'ALTER INDEX devices_serial RENAME TO by_serial'],
  ])('%s', async ([, change], { coordinator, recorded }) => {
    await run(coordinator, 'BEGIN');
    try {
      for (const sql of change!.split('; ')) await run(coordinator, sql);
      expect(await differences(recorded, coordinator)).toEqual([]);
    } finally {
      await run(coordinator, 'ROLLBACK');
    }
  });
});

test('an index that one shard has lost', async ({ cluster, coordinator, recorded }) => {
  const [[shard, node] = []] = await run(
    coordinator,
    "SELECT shardid, nodename FROM citus_shards WHERE table_name = 'devices'::regclass ORDER BY shardid LIMIT 1",
  );
  const worker = await cluster.connect(node!);
  await run(worker, `DROP INDEX devices_serial_${shard}`);
  expect(await differences(recorded, coordinator)).toEqual([
    'shards of devices: expected all like their table, got shard 1 has no index (serial_no)',
  ]);
  await run(worker, `CREATE INDEX devices_serial_${shard} ON devices_${shard} (serial_no)`);
  expect(await differences(recorded, coordinator)).toEqual([]);
  await worker.close();
});

test('a shard on another node', async ({ coordinator, recorded }) => {
  const [[shard, from, to] = []] = await run(
    coordinator,
    `SELECT shardid, nodename, (SELECT nodename FROM pg_dist_node WHERE nodename <> s.nodename AND groupid > 0)
       FROM citus_shards AS s
      WHERE table_name = 'readings'::regclass
      ORDER BY shardid LIMIT 1`,
  );
  await run(
    coordinator,
    `SELECT citus_move_shard_placement(${shard}, '${from}', 5432, '${to}', 5432, 'block_writes')`,
  );
  const found = await differences(recorded, coordinator);
  expect(found).toEqual([
    'nodes of the shards of readings, in the order of their hash ranges: expected 1 2 1 2, got 2 2 1 2',
  ]);
});
