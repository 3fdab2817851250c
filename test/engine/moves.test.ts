// Moving shards and spreading them anew. Recorded on Citus 13.2.2.
import { afterAll, beforeEach, expect } from 'vitest';
import { clusterTest, type TestCluster } from '../support/cluster.ts';
import { upAgain } from '../support/servers.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest({ workers: 3 });

let cluster: TestCluster;
let db: Session;
test.beforeAll(async ({ cluster: own }) => {
  cluster = own;
  db = await openSession(cluster);
});
afterAll(() => db.close());

/** Customers with orders, a table without a key and a reference table, on the first two workers. */
beforeEach(async () => {
  await db.rows('DROP TABLE IF EXISTS o, c, nokey, r');
  await db.rows(`SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', nodename <> 'worker-3')
                   FROM pg_dist_node WHERE groupid > 0`);
  await db.rows('SET citus.shard_count = 4; SET citus.shard_replication_factor = 1');
  await db.rows('CREATE TABLE r (a int PRIMARY KEY)');
  await db.rows(`SELECT create_reference_table('r')`);
  await db.rows(
    'CREATE TABLE c (k int PRIMARY KEY, a int REFERENCES r, twice int GENERATED ALWAYS AS (k * 2) STORED)',
  );
  await db.rows('CREATE TABLE o (k int REFERENCES c, id int, PRIMARY KEY (k, id))');
  for (const table of ['c', 'o']) await db.rows(`SELECT create_distributed_table('${table}', 'k')`);
  await db.rows('INSERT INTO r VALUES (1), (2)');
  await db.rows('INSERT INTO c SELECT g, 1 FROM generate_series(1, 100) g');
  await db.rows('INSERT INTO o SELECT g, g FROM generate_series(1, 100) g');
  await db.rows(`SELECT citus_set_node_property('worker-3', 5432, 'shouldhaveshards', true)`);
  db.notices();
});

const place = (table: string) =>
  db.column(
    `SELECT nodename FROM citus_shards WHERE table_name = '${table}'::regclass ORDER BY shardid, nodename`,
  );
const firstShard = async () =>
  Number((await db.column(`SELECT min(shardid) FROM pg_dist_shard WHERE logicalrelid = 'c'::regclass`))[0]);
const nodeid = (worker: number) => worker + 1;
/** On each node, how many shards there are that no placement accounts for. */
const strays = () =>
  db.column(`
    SELECT result FROM run_command_on_workers($$SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '^(c|o)_1'$$)`);

test('a shard moves with its neighbours, and keeps its rows, keys and guards', async () => {
  const shard = await firstShard();
  await db.rows(`SELECT citus_move_shard_placement(${shard}, ${nodeid(1)}, ${nodeid(3)})`);
  expect(await place('c')).toEqual(['worker-3', 'worker-2', 'worker-1', 'worker-2']);
  expect(await place('o')).toEqual(['worker-3', 'worker-2', 'worker-1', 'worker-2']);
  expect(await db.rows('SELECT count(*), count(DISTINCT c.k), sum(twice) FROM c JOIN o USING (k)')).toEqual([
    ['100', '100', '10100'],
  ]);
  expect(await db.error(`INSERT INTO c VALUES (1, 1)`)).toMatch(
    `23505: duplicate key value violates unique constraint "c_pkey_${shard}"`,
  );
  expect(await db.error('INSERT INTO o VALUES (1000001, 1)')).toMatch(/^23503/);
  expect(await db.error('DELETE FROM c WHERE k = 1')).toMatch(/^23503/);
  expect(await db.error('INSERT INTO c VALUES (NULL, 1)')).toMatch(/^22004|^23502/);
  await db.rows('DELETE FROM o; UPDATE c SET a = 2; DELETE FROM r WHERE a = 1');
  await db.rows('ALTER TABLE c ADD COLUMN note text DEFAULT $$x$$; CREATE INDEX ON c (note)');
  expect(await db.column('SELECT DISTINCT note FROM c')).toEqual(['x']);
});

test('the old shard is dropped when the move is known to be done', async () => {
  await db.rows(`SELECT citus_move_shard_placement(${await firstShard()}, ${nodeid(1)}, ${nodeid(3)})`);
  expect(await db.column('SELECT node_group_id FROM pg_dist_cleanup')).toEqual(['1', '1']);
  expect(await strays()).toEqual(['4', '4', '2']);
  await db.rows('CALL citus_cleanup_orphaned_resources()');
  expect(db.notices()).toEqual(['cleaned up 2 orphaned resources']);
  expect(await strays()).toEqual(['2', '4', '2']);
});

test('a shard moves to and fro, in one transaction and in several', async () => {
  const shard = await firstShard();
  const move = (from: number, to: number) =>
    db.rows(`SELECT citus_move_shard_placement(${shard}, ${nodeid(from)}, ${nodeid(to)}, 'block_writes')`);
  await db.rows('BEGIN');
  await move(1, 3);
  await db.rows('INSERT INTO c SELECT g FROM generate_series(101, 150) g');
  await move(3, 2);
  await move(2, 1);
  expect(await db.column('SELECT count(*) FROM c')).toEqual(['150']);
  await db.rows('COMMIT');
  await move(1, 3);
  await move(3, 1);
  await db.rows('BEGIN');
  await move(1, 2);
  await db.rows('DELETE FROM o; DELETE FROM c');
  await db.rows('ROLLBACK');
  expect(await place('c')).toEqual(['worker-1', 'worker-2', 'worker-1', 'worker-2']);
  expect(await db.rows('SELECT count(*), (SELECT count(*) FROM o) FROM c')).toEqual([['150', '100']]);
  await db.rows('CALL citus_cleanup_orphaned_resources()');
  expect(await strays()).toEqual(['4', '4', '0']);
});

test('what may not be moved is refused', async () => {
  await db.rows('CREATE TABLE nokey (k int)');
  await db.rows(`SELECT create_distributed_table('nokey', 'k', colocate_with => 'c')`);
  const shard = await firstShard();
  const move = (text: string) => db.error(`SELECT citus_move_shard_placement(${text})`);
  expect(await move(`${shard}, 2, 4`)).toBe(
    "0A000: cannot use logical replication to transfer shards of the relation nokey since it doesn't have a REPLICA IDENTITY or PRIMARY KEY",
  );
  expect(await move(`${shard}, 2, 2`)).toBe('22023: cannot move shard to the same node');
  expect(await move(`${shard}, 3, 4, 'block_writes'`)).toBe(
    '22000: could not find placement matching "worker-2:5432"',
  );
  expect(await move('99, 2, 4')).toBe('XX000: could not find valid entry for shard 99');
  expect(await move(`${shard}, 2, 9`)).toBe('XX000: node with node id 9 could not be found');
  expect(await move(`${shard}, 2, 1, 'block_writes'`)).toBe(
    "0A000: Moving shards to a node that shouldn't have a shard is not supported",
  );
  expect(await move(`${shard}, 'worker-1', 5432, 'worker-7', 5432, 'block_writes'`)).toBe(
    '0A000: Moving shards to a non-existing node is not supported',
  );
  expect(await db.error(`SELECT citus_copy_shard_placement(${shard}, 2, 4)`)).toBe(
    "0A000: Table 'c' is streaming replicated. Shards of streaming replicated tables cannot be copied",
  );
  expect(await db.error(`SELECT rebalance_table_shards('r')`)).toBe(
    '0A000: table public.r is a reference table, moving shard of a reference table is not supported',
  );
  await db.rows('ALTER TABLE nokey REPLICA IDENTITY FULL');
  await db.rows(`SELECT citus_move_shard_placement(${shard}, 2, 4)`);
  expect(
    await db.error(`SELECT citus_move_shard_placement(shardid, nodename, nodeport, 'worker-3', 5432)
                      FROM citus_shards WHERE table_name = 'c'::regclass AND nodename <> 'worker-3'`),
  ).toBe(
    '0A000: moving multiple shard placements via logical replication in the same transaction is currently not supported',
  );
});

test('a rebalance fills an empty node and says what it does', async () => {
  const shard = await firstShard();
  expect(
    await db.rows(
      'SELECT table_name, shardid, sourcename, targetname FROM get_rebalance_table_shards_plan()',
    ),
  ).toEqual([
    ['c', String(shard + 1), 'worker-2', 'worker-3'],
    ['o', String(shard + 5), 'worker-2', 'worker-3'],
  ]);
  await db.rows(`SELECT rebalance_table_shards(shard_transfer_mode => 'block_writes')`);
  expect(db.notices()).toEqual([`Moving shard ${shard + 1} from worker-2:5432 to worker-3:5432 ...`]);
  expect(await place('o')).toEqual(['worker-1', 'worker-3', 'worker-1', 'worker-2']);
  expect(await db.rows('SELECT * FROM get_rebalance_table_shards_plan()')).toEqual([]);
  expect(await db.column('SELECT citus_rebalance_start()')).toEqual([null]);
  expect(db.notices()).toEqual(['No moves available for rebalancing']);
});

test('a rebalance as a job is on record', async () => {
  const [job] = await db.column('SELECT citus_rebalance_start()');
  expect(db.notices()).toEqual([`Scheduled 1 moves as job ${job}`]);
  await db.rows('SELECT citus_rebalance_wait()');
  expect(db.notices()).toEqual([]);
  expect(
    await db.rows('SELECT job_id, state, job_type, description, details FROM citus_rebalance_status()'),
  ).toEqual([
    [
      job,
      'finished',
      'rebalance',
      'Rebalance all colocation groups',
      '{"tasks": [], "task_state_counts": {"done": 1}}',
    ],
  ]);
  expect(await db.column('SELECT command FROM pg_dist_background_task')).toEqual([
    `SELECT pg_catalog.citus_move_shard_placement(${(await firstShard()) + 1},3,4,'auto')`,
  ]);
  expect(await db.error(`SELECT citus_rebalance_start('nonesuch')`)).toBe(
    'XX000: could not find rebalance strategy with name nonesuch',
  );
});

test('a node that is drained is empty, can leave, and gets reference tables when it comes back', async () => {
  await db.rows(`SELECT citus_drain_node('worker-2', 5432)`);
  expect(new Set(await place('c'))).toEqual(new Set(['worker-1', 'worker-3']));
  expect(await db.error(`SELECT citus_drain_node('worker-9', 5432)`)).toBe(
    'P0002: node worker-9:5432 not found',
  );
  await db.rows(`SELECT citus_remove_node('worker-2', 5432)`);
  expect(await db.column('SELECT count(*) FROM c JOIN o USING (k)')).toEqual(['100']);
  await db.rows(`SELECT citus_add_node('worker-2', 5432)`);
  expect(await place('r')).toEqual(['coordinator', 'worker-1', 'worker-3']);
  await db.rows('SELECT rebalance_table_shards()');
  expect(await place('r')).toEqual(['coordinator', 'worker-1', 'worker-2', 'worker-3']);
  expect(
    await db.column(`SELECT DISTINCT result FROM run_command_on_placements('r', 'SELECT count(*) FROM %s')`),
  ).toEqual(['2']);
});

test('one of several copies moves, is copied, and all stay in step', async () => {
  await db.rows('SET citus.shard_replication_factor = 2; DROP TABLE o, c; CREATE TABLE c (k int, v int)');
  await db.rows(`SELECT create_distributed_table('c', 'k')`);
  await db.rows('INSERT INTO c SELECT g, 0 FROM generate_series(1, 200) g');
  await db.rows('BEGIN; INSERT INTO c SELECT g, 0 FROM generate_series(201, 300) g; COMMIT');
  const shard = await firstShard();
  const copies = () =>
    db.column(`SELECT string_agg(nodename, ' ' ORDER BY placementid) FROM pg_dist_shard_placement
                WHERE shardid IN (SELECT shardid FROM pg_dist_shard WHERE logicalrelid = 'c'::regclass) GROUP BY shardid ORDER BY shardid`);
  const before = await copies();
  const at = (index: number) => before[index]!.split(' ');
  await db.rows(
    `SELECT citus_move_shard_placement(${shard}, '${at(0)[0]}', 5432, '${other(at(0))}', 5432, 'block_writes')`,
  );
  await db.rows(
    `SELECT citus_move_shard_placement(${shard + 1}, '${at(1)[1]}', 5432, '${other(at(1))}', 5432, 'block_writes')`,
  );
  await db.rows(
    `SELECT citus_copy_shard_placement(${shard + 2}, '${at(2)[1]}', 5432, '${other(at(2))}', 5432, 'block_writes')`,
  );
  expect(await copies()).toEqual([
    `${at(0)[1]} ${other(at(0))}`,
    `${at(1)[0]} ${other(at(1))}`,
    `${at(2).join(' ')} ${other(at(2))}`,
    before[3],
  ]);
  await db.rows(
    'UPDATE c SET v = k WHERE k % 3 = 0; DELETE FROM c WHERE k % 7 = 0; INSERT INTO c SELECT 42, 42',
  );
  expect(
    await db.rows(`
      SELECT shardid
        FROM run_command_on_placements('c', $$SELECT md5(string_agg(x.*::text, ' ' ORDER BY x.*::text)) FROM %s x$$)
       GROUP BY shardid HAVING count(DISTINCT result) <> 1 OR NOT bool_and(success)`),
  ).toEqual([]);
  function other(two: string[]) {
    return ['worker-1', 'worker-2', 'worker-3'].find((worker) => !two.includes(worker));
  }
});

test('no row is lost or doubled when a process dies in the middle of a move', async () => {
  const shard = await firstShard();
  const whole = async (session: Session) => {
    expect(await session.rows('SELECT count(*), count(DISTINCT k) FROM c')).toEqual([['100', '100']]);
    expect(await session.rows('SELECT count(*), count(DISTINCT k) FROM o')).toEqual([['100', '100']]);
  };
  /** Starts a move that waits, its rows copied, for a reader; resolves when it waits. */
  const moveHalfway = async () => {
    const reader = await openSession(cluster);
    await reader.rows('BEGIN; SELECT count(*) FROM o');
    const mover = await openSession(cluster);
    const [pid] = await mover.column('SELECT pg_backend_pid()');
    const moved = mover.error(`SELECT citus_move_shard_placement(${shard}, 2, 4)`);
    const waiting = `SELECT count(*) FROM pg_stat_activity WHERE pid = ${pid} AND wait_event_type = 'Lock'`;
    let over: string | undefined;
    void moved.then((error) => (over = error));
    while ((await db.column(waiting))[0] === '0') expect(over).toBeUndefined();
    return { reader, pid, moved, mover };
  };

  const first = await moveHalfway();
  await db.rows(`SELECT pg_terminate_backend(${first.pid})`);
  expect(await first.moved).toMatch(/^57P01|terminated/);
  await first.reader.close();
  await whole(db);
  expect(await place('c')).toEqual(['worker-1', 'worker-2', 'worker-1', 'worker-2']);

  const second = await moveHalfway();
  const worker = (await cluster.nodes()).find(({ name }) => name === 'worker-3')!;
  process.kill(worker.pid!, 'SIGQUIT');
  while ((await cluster.nodes()).some(({ name, state }) => name === 'worker-3' && state === 'up'));
  await second.reader.rows('COMMIT');
  expect(await second.moved).toMatch(/^\w{5}: /);
  await whole(db);
  await upAgain(cluster);
  for (const { reader, mover } of [second]) for (const session of [reader, mover]) await session.close();
  await db.close();
  db = await openSession(cluster);
  await whole(db);
  await db.rows(`SELECT citus_move_shard_placement(${shard}, 2, 4)`);
  await whole(db);
  expect(await place('c')).toEqual(['worker-3', 'worker-2', 'worker-1', 'worker-2']);
});

test('a table is distributed as if nobody had to wait', async () => {
  await db.rows('CREATE TABLE nokey (k int PRIMARY KEY); INSERT INTO nokey SELECT generate_series(1, 100)');
  await db.rows(`SELECT create_distributed_table_concurrently('nokey', 'k')`);
  expect(db.notices()).toEqual([]);
  expect(await db.column('SELECT count(*) FROM nokey')).toEqual(['100']);
});
