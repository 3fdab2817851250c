// What PostgreSQL refuses in the place of the engine, in a session as lessons have it: the hint names the engine.
import { expect } from 'vitest';
import { clusterTest } from '../support/cluster.ts';
import { never } from '../support/servers.ts';

const test = clusterTest();

test.beforeAll(async ({ cluster }) => {
  const connection = await cluster.connect('coordinator');
  for (const sql of [
    'CREATE TABLE sharded (k int, v int)',
    "SELECT create_distributed_table('sharded', 'k')",
    'CREATE TABLE parted (k int) PARTITION BY RANGE (k)',
  ]) {
    await connection.run(sql, { timeoutMs: 30_000, signal: never });
  }
  await connection.close();
});

const engine = expect.stringMatching(/built-in engine.*--cluster docker/);

test.for([
  ['coordinator', 'CREATE INDEX CONCURRENTLY ON sharded (v)', '0A000', engine],
  ['coordinator', "COPY sharded TO PROGRAM 'cat'", '42809', engine],
  ['coordinator', 'MERGE INTO sharded USING parted p ON p.k = 1 WHEN MATCHED THEN DELETE', '0A000', engine],
  ['coordinator', 'CREATE INDEX CONCURRENTLY ON parted (k)', '0A000', undefined],
  ['worker-1', 'SELECT * FROM sharded_too', '42P01', undefined],
  ['worker-1', 'DELETE FROM sharded WHERE random() > 2', '0A000', undefined],
  ['coordinator', 'SELECT * FROM sharde', '42P01', undefined],
] as const)('on the %s, "%s" says %s', async ([node, sql, sqlstate, hint], { cluster }) => {
  const connection = await cluster.connect(node);
  const end = await connection.run(sql, { timeoutMs: 30_000, signal: never });
  await connection.close();
  expect(end).toMatchObject({ status: 'failed', failure: { sqlstate } });
  expect(end.status === 'failed' && end.failure.hint).toEqual(hint);
});
