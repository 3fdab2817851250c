// What may have left a trace, with servers that only count transactions.
import { expect, test } from 'vitest';
import type { Cluster } from '../../../../runner/cluster/port.ts';
import type { Connection } from '../../../../runner/connect/connection.ts';
import type { Connections } from '../../../../runner/session/blocks/connections.ts';
import { watchTraces } from '../../../../runner/session/blocks/traces.ts';
import { blocksOf, fence, oneStep } from '../../lesson/lesson-text.ts';

const { signal } = new AbortController();

/** @param writes Whether somebody takes a transaction number meanwhile. */
async function leftBy(
  sql: string,
  { info = 'sql', writes = false, writesLater = false, inTransaction = false } = {},
): Promise<boolean> {
  let next = 700;
  const connection = {
    lost: false,
    inTransaction,
    close: async () => {},
    async run(_question: string, { onRow }: Parameters<Connection['run']>[1]) {
      onRow?.([String(next)], ['x']);
      return { status: 'done', command: 'SELECT 1', columns: ['x'], rowCount: 1, ms: 1 } as const;
    },
  };
  const connections: Pick<Connections, 'open'> = { open: async () => ({ connection, reopened: false }) };
  const cluster = { nodes: async () => [{ name: 'coordinator', state: 'up' }] } as unknown as Cluster;
  const block = blocksOf(oneStep(fence(info, sql)))[0]!;
  const traces = await watchTraces(block, sql, { cluster, connections, probes: connections, signal });
  if (writes) next += 1;
  await traces.left();
  if (writesLater) next += 1;
  return traces.left();
}

test.each([
  'SELECT count(*) FROM t WHERE k IN (1, 2)',
  "SELECT to_char(now(), 'YYYY'); TABLE t; VALUES (1); SHOW work_mem",
  'EXPLAIN SELECT 1',
  'WITH a AS (SELECT 1) SELECT round(avg(n), 2) FROM a',
])('%s leaves none', async (sql) => {
  expect(await leftBy(sql)).toBe(false);
  expect(await leftBy(sql, { writes: true })).toBe(true);
  expect(await leftBy(sql, { inTransaction: true })).toBe(true);
});

test.each([
  'SET citus.shard_count = 8',
  "SELECT nextval('s')",
  "SELECT set_config('a.b', 'c', false)",
  'SELECT run_command_on_workers($$ALTER SYSTEM SET work_mem = 1$$)',
  'SELECT my_own(1)',
  'SELECT 1 INTO TEMP t',
  'BEGIN',
  'PREPARE p AS SELECT 1',
  '\\d',
])('%s may leave one', async (sql) => {
  expect(await leftBy(sql)).toBe(true);
});

test('a shell block, and one that stops a background block, may leave one', async () => {
  expect(await leftBy('true', { info: 'bash' })).toBe(true);
});

test('what was found stays: whatever is rolled back later leaves none', async () => {
  expect(await leftBy('SELECT 1', { writesLater: true })).toBe(false);
});
