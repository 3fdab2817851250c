// Nodes, and commands run on them. The expected texts are those of Citus 13.2.2.
import { afterAll, expect } from 'vitest';
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

test('the version says what it is not', async () => {
  expect((await db.column('SELECT citus_version()'))[0]).toMatch(
    /^lesson built-in engine \d+\.\d+\.\d+ \(not Citus\)/,
  );
});

test('nodes have the numbers and groups that Citus gives them', async () => {
  expect(
    await db.rows(
      'SELECT nodeid, groupid, nodename, nodeport, isactive, shouldhaveshards FROM pg_dist_node ORDER BY 1',
    ),
  ).toEqual([
    ['1', '0', 'coordinator', '5432', 't', 'f'],
    ['2', '1', 'worker-1', '5432', 't', 't'],
    ['3', '2', 'worker-2', '5432', 't', 't'],
    ['4', '3', 'worker-3', '5432', 't', 't'],
  ]);
  expect(await db.rows('SELECT * FROM citus_nodes')).toEqual([
    ['coordinator', '5432', 'coordinator', 't'],
    ['worker-1', '5432', 'worker', 't'],
    ['worker-2', '5432', 'worker', 't'],
    ['worker-3', '5432', 'worker', 't'],
  ]);
  for (const list of ['citus_get_active_worker_nodes', 'master_get_active_worker_nodes']) {
    expect(await db.rows(`SELECT * FROM ${list}()`)).toEqual([
      ['worker-1', '5432'],
      ['worker-2', '5432'],
      ['worker-3', '5432'],
    ]);
  }
});

test('workers know the nodes, and that they are no coordinator', async () => {
  const worker = await openSession(cluster, 'worker-2');
  expect(await worker.column('SELECT nodename FROM pg_dist_node ORDER BY nodeid')).toEqual([
    'coordinator',
    'worker-1',
    'worker-2',
    'worker-3',
  ]);
  expect(await worker.column('SELECT groupid FROM pg_dist_local_group')).toEqual(['2']);
  expect(await worker.column('SELECT citus_is_coordinator()')).toEqual(['f']);
  await worker.rows('CREATE TABLE t (k int)');
  expect(await worker.error(`SELECT create_distributed_table('t', 'k')`)).toBe(
    'XX000: operation is not allowed on this node',
  );
  expect(await worker.error(`SELECT citus_add_node('worker-4', 5432)`)).toBe(
    'XX000: operation is not allowed on this node',
  );
  await worker.rows('DROP TABLE t');
  await worker.close();
});

test('adding a node that is there gives its number again', async () => {
  expect(
    await db.rows(
      `SELECT citus_add_node('worker-2', 5432), master_add_node('worker-2', 5432), citus_add_node('coordinator', 5432)`,
    ),
  ).toEqual([['3', '3', '1']]);
});

test('a node that cannot be reached is refused', async () => {
  expect(await db.error(`SELECT citus_add_node('worker-9', 15409)`)).toBe(
    '08006: connection to the remote node postgres@worker-9:15409 failed with the following error: could not translate host name "worker-9" to address: Name or service not known',
  );
  expect(await db.error(`SELECT citus_add_node('127.0.0.1', 1)`)).toBe(
    '08006: connection to the remote node postgres@127.0.0.1:1 failed with the following error: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?',
  );
  const { port } = await cluster.address('coordinator');
  expect(await db.error(`SELECT citus_add_node('localhost', ${port})`)).toBe(
    'XX000: Node cannot add itself as a worker.',
  );
});

test('a node leaves and comes back, unless it holds the only copy of a shard', async () => {
  await db.rows('CREATE TABLE t (k int)');
  await db.rows(`SELECT create_distributed_table('t', 'k', shard_count => 3)`);
  const [shard] = await db.column(`SELECT shardid FROM citus_shards WHERE nodename = 'worker-3'`);
  for (const leave of ['citus_remove_node', 'citus_disable_node']) {
    expect(await db.error(`SELECT ${leave}('worker-3', 5432)`)).toBe(
      `XX000: cannot remove or disable the node worker-3:5432 because because it contains the only shard placement for shard ${shard}`,
    );
  }
  await db.rows('DROP TABLE t');
  expect(await db.error(`SELECT citus_remove_node('worker-9', 5432)`)).toBe(
    'XX000: node at "worker-9:5432" does not exist',
  );
  await db.rows(`SELECT citus_disable_node('worker-3', 5432)`);
  expect(await db.column('SELECT node_name FROM citus_get_active_worker_nodes()')).toEqual([
    'worker-1',
    'worker-2',
  ]);
  expect(await db.column(`SELECT citus_activate_node('worker-3', 5432)`)).toEqual(['4']);
  await db.rows(`SELECT citus_remove_node('worker-3', 5432)`);
  expect(await db.column('SELECT nodename FROM citus_nodes')).toEqual([
    'coordinator',
    'worker-1',
    'worker-2',
  ]);
  await db.rows(`SELECT citus_add_node('worker-3', 5432)`);
  expect(await db.column('SELECT nodename FROM citus_nodes')).toEqual([
    'coordinator',
    'worker-1',
    'worker-2',
    'worker-3',
  ]);
});

test('a node that should have no shards gets none', async () => {
  await db.rows(`SELECT citus_set_node_property('worker-2', 5432, 'shouldhaveshards', false)`);
  await db.rows('CREATE TABLE t (k int)');
  await db.rows(`SELECT create_distributed_table('t', 'k', shard_count => 4)`);
  expect(await db.column('SELECT DISTINCT nodename FROM citus_shards ORDER BY 1')).toEqual([
    'worker-1',
    'worker-3',
  ]);
  await db.rows('DROP TABLE t');
  await db.rows(`SELECT citus_set_node_property('worker-2', 5432, 'shouldhaveshards', true)`);
  expect(await db.error(`SELECT citus_set_node_property('worker-2', 5432, 'nosuch', true)`)).toBe(
    `XX000: only the 'shouldhaveshards' property can be set using this function`,
  );
});

test('a node can go to another address', async () => {
  const worker = await cluster.address('worker-1');
  await db.rows('CREATE TABLE t (k int)');
  await db.rows(`SELECT create_distributed_table('t', 'k', shard_count => 3)`);
  await db.rows('INSERT INTO t SELECT generate_series(1, 30)');
  expect(await db.error(`SELECT citus_update_node(2, 'worker-2', 5432)`)).toBe(
    '55000: there is already another node with the specified hostname and port',
  );
  await db.rows(`SELECT citus_update_node(2, '127.0.0.1', ${worker.port})`);
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['30']);
  await db.rows(`SELECT citus_update_node(2, 'worker-1', 5432)`);
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['30']);
  await db.rows('DROP TABLE t');
});

test('commands run everywhere, and what fails is a row', async () => {
  const workers = (success: string, result: string) =>
    [1, 2, 3].map((n) => [`worker-${n}`, '5432', success, result]);
  const run = (command: string) => db.rows(`SELECT * FROM run_command_on_workers($$${command}$$)`);
  expect(await run('SELECT 1 + 1')).toEqual(workers('t', '2'));
  expect(await run('SELECT NULL')).toEqual(workers('t', ''));
  expect(await run('SELECT 1 WHERE false')).toEqual(workers('t', ''));
  expect(await run('SELECT 1 UNION ALL SELECT 2')).toEqual(
    workers('f', 'expected a single row in query result'),
  );
  expect(await run('SELECT 1, 2')).toEqual(workers('f', 'expected a single column in query target'));
  expect(await run('SELECT nope')).toEqual(workers('f', 'ERROR:  column "nope" does not exist'));
  expect(await run('CREATE TABLE made (a int)')).toEqual(workers('t', 'CREATE TABLE'));
  expect(await run('DROP TABLE made')).toEqual(workers('t', 'DROP TABLE'));
  expect(await db.rows(`SELECT * FROM run_command_on_all_nodes('SELECT 1/0')`)).toEqual(
    (await db.column('SELECT nodeid FROM pg_dist_node ORDER BY 1')).map((nodeid) => [
      nodeid,
      'f',
      'ERROR:  division by zero',
    ]),
  );
  expect(
    await db.rows(`SELECT * FROM run_command_on_coordinator('SELECT groupid FROM pg_dist_local_group')`),
  ).toEqual([['1', 't', '0']]);
  expect(await db.rows(`SELECT * FROM run_command_on_shards('pg_class', 'SELECT 1 FROM %s')`)).toEqual([]);
});

test('several statements in one command are all run, and the next command is not confused', async () => {
  await db.rows('CREATE TABLE t (k int)');
  await db.rows(`SELECT create_distributed_table('t', 'k', shard_count => 6)`);
  const twice =
    'INSERT INTO %1$s VALUES (1); SELECT 1, 2 FROM %1$s; SELECT 1 FROM %1$s WHERE false; DELETE FROM %1$s';
  expect(await db.column(`SELECT DISTINCT result FROM run_command_on_shards('t', '${twice}')`)).toEqual([
    'INSERT 0 1',
  ]);
  expect(await db.column('SELECT count(*) FROM t')).toEqual(['0']);
  await db.rows('DROP TABLE t');
});

test('a command finds nothing that the one before it has left in its session', async () => {
  const run = (command: string) => db.column(`SELECT result FROM run_command_on_workers($$${command}$$)`);
  const everywhere = (result: string) => [result, result, result];
  await run(`SET work_mem = '1MB'`);
  expect(await run('SHOW work_mem')).toEqual(everywhere('4MB'));
  await run('CREATE TEMPORARY TABLE mine (k int)');
  expect(await run(`SELECT to_regclass('mine') IS NULL`)).toEqual(everywhere('t'));
  await run('SELECT pg_advisory_lock(1)');
  expect(await run(`SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'`)).toEqual(everywhere('0'));
  await run('BEGIN; CREATE TABLE half (k int)');
  expect(await run(`SELECT to_regclass('half') IS NULL`)).toEqual(everywhere('t'));
  await run('SELECT pg_terminate_backend(pg_backend_pid())');
  expect(await run('SELECT 1')).toEqual(everywhere('1'));
});

test('commands for placements name the node, those for shards do not', async () => {
  await db.rows('CREATE TABLE t (k int)');
  await db.rows(`SELECT create_distributed_table('t', 'k', shard_count => 6)`);
  await db.rows('INSERT INTO t SELECT generate_series(1, 60)');
  const [first] = (await db.column('SELECT min(shardid) FROM pg_dist_shard')) as [string];
  const counts = await db.column(
    'SELECT count(*) FROM t GROUP BY tableoid ORDER BY substring(tableoid::regclass::text FROM $$\\d+$$)',
  );
  expect(await db.rows(`SELECT * FROM run_command_on_placements('t', 'SELECT count(*) FROM %s')`)).toEqual(
    counts.map((count, i) => [`worker-${(i % 3) + 1}`, '5432', String(Number(first) + i), 't', count]),
  );
  expect(await db.rows(`SELECT * FROM run_command_on_shards('t', 'SELECT count(*) FROM %s')`)).toEqual(
    counts.map((count, i) => [String(Number(first) + i), 't', count]),
  );
  expect(
    await db.column(`SELECT DISTINCT result FROM run_command_on_shards('t', 'SELECT nosuch FROM %s')`),
  ).toEqual(['ERROR:  column "nosuch" does not exist']);
  await db.rows('DROP TABLE t');
});

test('every node is asked whether it reaches every other', async () => {
  const answers = await db.rows('SELECT * FROM citus_check_cluster_node_health()');
  expect(answers).toHaveLength(16);
  expect(new Set(answers.map(([, , , , result]) => result))).toEqual(new Set(['t']));
});

test('what the engine lacks says where it can be had', async () => {
  expect(await db.error('SELECT citus_prepare_pg_upgrade()')).toBe(
    '0A000: the built-in engine has no function citus_prepare_pg_upgrade; real Citus has it: use --cluster docker',
  );
});
