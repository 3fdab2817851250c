// A worker that stops, with one copy of each shard: what goes on and what fails, as recorded on Citus 13.2.2.
import { afterAll, expect } from 'vitest';
import { clusterTest, type TestCluster } from '../support/cluster.ts';
import { upAgain } from '../support/servers.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest();

let cluster: TestCluster;
let db: Session;

/** A key on worker-1, and one on worker-2. */
const up = 1;
const down = 2;

const refused =
  '08006: connection to the remote node postgres@worker-2:5432 failed with the following error: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?';

test.beforeAll(async ({ cluster: own }) => {
  cluster = own;
  db = await openSession(cluster);
  await db.rows(`
    SET citus.shard_count = 4;
    CREATE TABLE t (k int, v int);
    SELECT create_distributed_table('t', 'k');
    INSERT INTO t SELECT g % 100 + 1, g FROM generate_series(1, 1000) g;
    CREATE TABLE plain (k int);`);
  const worker = (await cluster.nodes()).find(({ name }) => name === 'worker-2')!;
  const gone = await openSession(cluster, 'worker-2');
  process.kill(worker.pid!, 'SIGQUIT');
  for (;;) {
    // The server says goodbye to those who ask.
    try {
      await gone.rows('SELECT 1');
    } catch {
      break;
    }
  }
  while ((await cluster.nodes()).some(({ name, state }) => name === 'worker-2' && state === 'up'));
});
afterAll(() => db.close());

test('what needs only the live worker works', async () => {
  expect(await db.column(`SELECT count(*) FROM t WHERE k = ${up}`)).toEqual(['10']);
  await db.rows(`BEGIN; INSERT INTO t VALUES (${up}, 0); UPDATE t SET v = 1 WHERE k = ${up}; ROLLBACK`);
});

test('a read or write that needs the dead one fails, and names it', async () => {
  for (const statement of [
    'SELECT count(*) FROM t',
    `SELECT count(*) FROM t WHERE k = ${down}`,
    `INSERT INTO t VALUES (${down}, 0)`,
    'UPDATE t SET v = 1',
  ]) {
    expect(await db.error(statement), statement).toBe('08001: could not connect to server "worker-2:5432"');
  }
});

test('nothing can be distributed or altered', async () => {
  expect(await db.error(`SELECT create_distributed_table('plain', 'k')`)).toBe(refused);
  expect(await db.error('ALTER TABLE t ADD COLUMN w int')).toBe(refused);
  expect(
    await db.column(`SELECT attname FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0`),
  ).toEqual(['k', 'v']);
});

test('the metadata stays, and the views say what they can', async () => {
  db.notices();
  const shards = await db.rows('SELECT nodename, shard_size FROM citus_shards ORDER BY shardid');
  expect(shards.map(([node]) => node)).toEqual(['worker-1', 'worker-2', 'worker-1', 'worker-2']);
  expect(shards.map(([, size]) => size === null)).toEqual([false, true, false, true]);
  expect(db.notices()).toEqual([refused.replace('08006: ', '')]);
  expect(await db.error(`SELECT citus_total_relation_size('t')`)).toBe(
    '08006: could not connect to worker-2:5432 to get size of relation "t"',
  );
  expect(await db.column('SELECT node_name FROM citus_get_active_worker_nodes()')).toEqual([
    'worker-1',
    'worker-2',
  ]);
  expect(await db.rows('SELECT DISTINCT shardstate FROM pg_dist_placement')).toEqual([['1']]);
});

test('commands give a row that says so', async () => {
  const failure = 'failed to connect to worker-2:5432';
  expect(await db.rows(`SELECT * FROM run_command_on_workers('SELECT 1')`)).toEqual([
    ['worker-1', '5432', 't', '1'],
    ['worker-2', '5432', 'f', failure],
  ]);
  expect(
    await db.rows(`SELECT success, result FROM run_command_on_shards('t', 'SELECT count(*) FROM %s')`),
  ).toEqual([
    ['t', '240'],
    ['f', failure],
    ['t', '230'],
    ['f', failure],
  ]);
});

test('when the server is back, perhaps on another port, everything works again', async () => {
  await upAgain(cluster);
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['1000']);
  await db.rows('ALTER TABLE t ADD COLUMN w int DEFAULT 2');
  await db.rows(`SELECT create_distributed_table('plain', 'k')`);
  expect(await db.column('SELECT sum(w) FROM t')).toEqual(['2000']);
});
