// Plans for a rebalance: what they leave as it is, and how long they take.
import { afterAll, expect } from 'vitest';
import { clusterTest } from '../support/cluster.ts';
import { openSession, type Session } from './session.ts';

const test = clusterTest();

let db: Session;
test.beforeAll(async ({ cluster }) => {
  db = await openSession(cluster);
});
afterAll(() => db.close());

test('a move that would gain little is not made, and named', async () => {
  await db.rows(`
    SET citus.shard_count = 3;
    CREATE TABLE heavy (k int);
    SELECT create_distributed_table('heavy', 'k', colocate_with => 'none');
    CREATE FUNCTION weight(shard bigint) RETURNS real LANGUAGE sql
      AS 'SELECT CASE WHEN shard = (SELECT min(shardid) FROM pg_dist_shard WHERE logicalrelid = ''heavy''::regclass)
                      THEN 1.1 ELSE 1 END::real';
    SELECT citus_add_rebalance_strategy('by_weight', 'weight', 'citus_node_capacity_1', 'citus_shard_allowed_on_node_true',
                                        0.01, 0, 0.5)`);
  db.notices();
  const plan = `SELECT sourcename, targetname FROM get_rebalance_table_shards_plan('heavy', rebalance_strategy => 'by_weight'`;
  expect(await db.rows(`${plan})`)).toEqual([]);
  const [light] = await db.column('SELECT max(shardid) FROM pg_dist_shard');
  expect(db.notices()).toEqual([
    `Ignoring move of shard ${light} from worker-1:5432 to worker-2:5432, because the move only brings a small improvement ` +
      'relative to the shard its size',
    'Ignored 1 moves, all of which are shown in notices above',
  ]);
  expect(await db.rows(`${plan}, improvement_threshold => 0.05)`)).toEqual([['worker-1', 'worker-2']]);
});

test('a plan for many groups of tables takes no more than seconds', async () => {
  await db.rows(`
    SET citus.shard_count = 32;
    DO $$
    BEGIN
      FOR i IN 1..8 LOOP
        EXECUTE format('CREATE TABLE many_%s (k int)', i);
        PERFORM create_distributed_table('many_' || i, 'k', colocate_with => 'none');
      END LOOP;
    END $$;
    SELECT citus_set_node_property('coordinator', 5432, 'shouldhaveshards', true)`);
  const began = Date.now();
  expect(await db.column('SELECT count(*) FROM get_rebalance_table_shards_plan()')).toEqual(['81']);
  expect(Date.now() - began).toBeLessThan(3000);
});
