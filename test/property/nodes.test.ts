// Whatever is done to its nodes while rows are written, with synchronous standbys a cluster loses no row that it has
// acknowledged; its copies agree; `up` brings it back, a reset to its base, and `down --purge` leaves nothing.
// PROPERTY_MINUTES says how long (0.4); a failure prints PROPERTY_SEED and PROPERTY_PATH, which repeat it, up to timing.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { startWriter, type Writer } from '../../runner/session/blocks/writer.ts';
import { findProcesses } from '../../runner/system/processes.ts';
import { localClusters, type TestCluster, testCluster } from '../support/cluster.ts';
import { ask, never, statesOf, up } from '../support/servers.ts';
import { playFor, playMs } from './play-for.ts';
import { play, type Script, script, tellOfPromotions } from './verbs.ts';

const tables = { once: 1, twice: 2 };
const initSql = Object.entries(tables)
  .map(
    ([table, factor]) => `
      CREATE TABLE ${table} (n int);
      SET citus.shard_replication_factor = ${factor};
      SELECT create_distributed_table('${table}', 'n', shard_count := 4, colocate_with := 'none');`,
  )
  .join('');

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster();
});

const tally = { done: 0, refused: 0, killed: 0, failovers: 0 };
let acknowledged = 0;
let unacknowledged = 0;

test('nothing that was acknowledged is lost', { timeout: playMs + 240_000 }, async () => {
  const { scripts, seed, failure } = await playFor(script, judge);
  console.log(
    `${scripts} scripts: ${tally.done} verbs, ${tally.refused} refused, ${tally.killed} killed, ` +
      `${tally.failovers} failovers; ${acknowledged} writes acknowledged, ${unacknowledged} not; PROPERTY_SEED=${seed}`,
  );
  expect(failure).toBe('');
  expect(acknowledged).toBeGreaterThan(0);
  await localClusters(cluster.stateDir).down('default', { purge: true, signal: never });
  expect(await findProcesses((command) => command.includes(cluster.stateDir))).toEqual([]);
  expect(await readdir(join(cluster.stateDir, 'clusters'))).toEqual([]);
});

async function judge(random: Script): Promise<void> {
  await cluster.reset({ initSql, signal: never });
  expect(await statesOf(cluster)).toEqual({ coordinator: 'up', 'worker-1': 'up', 'worker-2': 'up' });
  const writers = Object.keys(tables).map(write);
  await play(random, { cluster, stateDir: cluster.stateDir, tally });
  expect((await up(cluster.stateDir)).cluster.fresh).toBe(false);
  await tellOfPromotions(cluster);
  await Promise.all(writers.map((writer) => holdsAll(writer)));
  await ask(cluster, 'coordinator', 'SELECT recover_prepared_transactions()');
  const copies = `
    SELECT shardid
      FROM run_command_on_placements('twice', 'SELECT string_agg(n::text, '','' ORDER BY n) FROM %s')
     GROUP BY shardid
    HAVING count(DISTINCT coalesce(result, '')) > 1 OR NOT bool_and(success)`;
  expect(await ask(cluster, 'coordinator', copies)).toEqual([]);
}

const write = (table: string): Writer =>
  startWriter({
    name: table,
    sql: `INSERT INTO ${table} (n) VALUES ($1)`,
    counter: { table, column: 'n' },
    everyMs: 3,
    connect: () => cluster.connect('coordinator'),
    signal: never,
  });

async function holdsAll(writer: Writer): Promise<void> {
  const { refused, errors } = await writer.stop();
  unacknowledged += refused;
  acknowledged += writer.acknowledged.length;
  const rows = await ask(cluster, 'coordinator', `SELECT n FROM ${writer.table}`);
  const there = new Set(rows.map(([n]) => n));
  const lost = writer.acknowledged.filter((n) => !there.has(n));
  expect({ table: writer.table, lost, errors: lost.length > 0 ? errors : [] }).toEqual({
    table: writer.table,
    lost: [],
    errors: [],
  });
}
