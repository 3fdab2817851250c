// A reset that is stopped, by Ctrl-C or a kill, at each of its moments; the next one succeeds.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type TestCluster, testCluster } from '../../support/cluster.ts';
import { ask, clusterFolder, never } from '../../support/servers.ts';

const initSql = `
CREATE TABLE demo (a int);
SELECT create_distributed_table('demo', 'a', shard_count := 4);
INSERT INTO demo SELECT generate_series(1, 100);`;

let cluster: TestCluster;
let fresh: unknown;
beforeAll(async () => {
  cluster = await testCluster({ workers: 1 });
  await cluster.reset({ initSql, signal: never });
  fresh = await state();
});
afterEach(() => vi.restoreAllMocks());

const nodes = ['coordinator', 'worker-1'];

async function state() {
  const databases = (node: string) =>
    ask(
      cluster,
      node,
      `SELECT datname, datallowconn, datistemplate FROM pg_database WHERE datname !~ '^lesson_[0-9a-f]{16}$' ORDER BY datname`,
    );
  const sum = await ask(cluster, 'coordinator', 'SELECT sum(a) FROM demo');
  return [sum, ...(await Promise.all(nodes.map(databases)))];
}

/** Returns whether the reset was stopped: right after it had sent so many queries. */
async function resetUntil(count: number): Promise<boolean> {
  const controller = new AbortController();
  const query = pg.Client.prototype.query;
  let sent = 0;
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...parameters: unknown[]
  ) {
    const answer = (query as (...all: unknown[]) => unknown).apply(this, parameters);
    sent += 1;
    if (sent === count) controller.abort(new Error('stopped'));
    return answer;
  } as never);
  const end = await cluster.reset({ initSql, signal: controller.signal }).then(
    () => 'done',
    ({ message }) => message,
  );
  spy.mockRestore();
  expect(end).toBe(sent < count ? 'done' : 'stopped');
  return sent >= count;
}

const touch = async () => {
  for (const node of nodes) await ask(cluster, node, 'CREATE TABLE IF NOT EXISTS more ()');
};
const forget = () => rm(join(clusterFolder(cluster.stateDir), 'untouched.json'));

test.for([
  { way: 'from snapshots', stride: 1, spoil: touch },
  { way: 'from nothing', stride: 7, spoil: forget },
])(
  'a reset $way that was stopped is made good by the next',
  { timeout: 300_000 },
  async ({ stride, spoil }) => {
    let moments = 0;
    for (let count = 1; ; count += stride, moments += 1) {
      await spoil();
      const wasStopped = await resetUntil(count);
      if (wasStopped) await cluster.reset({ initSql, signal: never });
      expect(await state(), `stopped after ${count} queries`).toEqual(fresh);
      if (!wasStopped) break;
    }
    expect(moments).toBeGreaterThan(5);
  },
);
