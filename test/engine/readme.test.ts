// The engine's README lists what is not as on Citus, each with a statement. Here the list is held against the engine.
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect } from 'vitest';
import { extensionDir } from '../../runner/paths.ts';
import { clusterTest, type TestCluster } from '../support/cluster.ts';
import { openSession, type Session, untilRefused } from './session.ts';

interface Difference {
  /** What has to be so before: empty, or the words in front of the statement. */
  readonly setting: string;
  readonly statement: string;
  /** `runs`, `gives VALUE` or a SQLSTATE. */
  readonly here: string;
}

const differences = readDifferences();

const test = clusterTest();

let cluster: TestCluster;
let db: Session;
test.beforeAll(async ({ cluster: own }) => {
  cluster = own;
  db = await openSession(cluster);
  await db.rows(`
    SET citus.shard_count = 4;
    CREATE TABLE a (k int, v int); CREATE TABLE b (LIKE a); CREATE TABLE two (LIKE a); CREATE TABLE one (LIKE a);
    CREATE TABLE ref (r int PRIMARY KEY);
    CREATE TABLE flag (b boolean); SELECT create_distributed_table('flag', 'b');
    CREATE TABLE f (k int, v float8); SELECT create_distributed_table('f', 'k', colocate_with => 'none'); INSERT INTO f VALUES (1, 1);
    SELECT create_distributed_table('a', 'k');
    SELECT create_distributed_table('b', 'k', colocate_with => 'none'), create_distributed_table('one', NULL);
    SELECT create_reference_table('ref');
    CREATE SCHEMA team; SELECT citus_schema_distribute('team');
    CREATE TABLE days (k int, day date, r int) PARTITION BY RANGE (day); CREATE TABLE days_2026 (LIKE days);
    CREATE TABLE days_2025 PARTITION OF days FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    SELECT create_distributed_table('days', 'k'); ALTER TABLE days ADD FOREIGN KEY (r) REFERENCES ref;
    INSERT INTO days_2026 VALUES (1, '2026-01-01');
    CREATE VIEW kept AS SELECT * FROM days_2026;
    CREATE VIEW joined AS SELECT a.v FROM a JOIN b ON a.v = b.k;
    CREATE TABLE keyed (k int PRIMARY KEY, v int); SELECT create_distributed_table('keyed', 'k');
    SET citus.shard_replication_factor = 2; SELECT create_distributed_table('two', 'k');
    INSERT INTO a SELECT g, g FROM generate_series(1, 50) g; INSERT INTO two SELECT k, v FROM a`);
});
afterAll(() => db.close());

// In this order: a worker that is down stays down.
const settings: Record<string, (statement: string) => Promise<string>> = {
  '': (statement) => outcome(db, statement),
  'on a worker': async (statement) => {
    const worker = await openSession(cluster, 'worker-1');
    try {
      return await outcome(worker, statement);
    } finally {
      await worker.close();
    }
  },
  'after another session has updated the row and committed': async (statement) => {
    const [first, second] = [await openSession(cluster), await openSession(cluster)];
    await second.rows('BEGIN; SELECT * FROM a WHERE k = 1');
    await first.rows('UPDATE a SET v = 5 WHERE k = 1');
    const answer = await outcome(second, statement);
    for (const session of [first, second]) await session.close();
    return answer;
  },
  'after `citus_rebalance_start()`': async (statement) => {
    await db.rows(`SELECT citus_set_node_property('worker-2', 5432, 'shouldhaveshards', false)`);
    await db.rows('DROP TABLE two; SET citus.shard_replication_factor = 1');
    expect(
      await db.column(`SELECT citus_rebalance_start(shard_transfer_mode => 'block_writes')`),
    ).not.toEqual([null]);
    const answer = await outcome(db, statement);
    await db.rows(`SELECT citus_set_node_property('worker-2', 5432, 'shouldhaveshards', true)`);
    await db.rows(`SELECT rebalance_table_shards(shard_transfer_mode => 'block_writes')`);
    await db.rows(
      'CREATE TABLE two (k int, v int); SET citus.shard_count = 4; SET citus.shard_replication_factor = 2',
    );
    await db.rows(`SELECT create_distributed_table('two', 'k'); INSERT INTO two SELECT k, v FROM a`);
    return answer;
  },
  'with a worker down': async (statement) => {
    const worker = (await cluster.nodes()).find(({ name }) => name === 'worker-2')!;
    if (worker.state === 'up') {
      process.kill(worker.pid!, 'SIGQUIT');
      await untilRefused(cluster, 'worker-2');
    }
    const session = await openSession(cluster);
    const answer = await outcome(session, statement);
    expect(session.notices()).toEqual([]);
    await session.close();
    return answer;
  },
};

describe('every known difference is as the README says', () => {
  expect(differences.length).toBeGreaterThan(10);
  const inOrder = Object.keys(settings).flatMap((setting) =>
    differences.filter((d) => d.setting === setting),
  );
  test('each is in a setting that is known', () => expect(inOrder).toHaveLength(differences.length));
  test.each(inOrder)('$setting $statement', async ({ setting, statement, here }) => {
    const answer = await settings[setting]!(statement);
    if (here.startsWith('gives ')) expect(answer).toMatch(new RegExp(`^${here.replace(/[()]/g, '\\$&')}`));
    else expect(answer.replace(/^gives .*/s, 'runs')).toBe(here);
  });
});

async function outcome(session: Session, statement: string): Promise<string> {
  try {
    const rows = await session.rows(statement);
    return rows.length === 0 ? 'runs' : `gives ${rows.at(0)?.at(0)}`;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function readDifferences(): Difference[] {
  const readme = readFileSync(`${extensionDir}README.md`, 'utf8');
  const table = readme.slice(readme.indexOf('## Known differences')).split('\n');
  return table
    .filter((line) => line.startsWith('| ') && !line.startsWith('| |'))
    .map((line) => {
      const [first, , here] = line.slice(2, -2).split(' | ') as [string, string, string];
      const [, setting, statement] = /^(?:(.*): )?`(.*)`$/.exec(first)!;
      return { setting: setting ?? '', statement: statement!, here: here.split(';')[0]! };
    });
}
