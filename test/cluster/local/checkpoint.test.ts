// The databases as they were in the middle of a lesson.
import pg from 'pg';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestCluster, testCluster } from '../../support/cluster.ts';
import { ask, never } from '../../support/servers.ts';

const initSql = `
CREATE TABLE demo (a int);
SELECT create_distributed_table('demo', 'a', shard_count := 4);
INSERT INTO demo SELECT generate_series(1, 100);`;

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster();
});
beforeEach(() => cluster.reset({ initSql, signal: never }));

const run = (sql: string, node = 'coordinator') => ask(cluster, node, sql);
const demo = async () => Number((await run('SELECT count(*) FROM demo'))[0]![0]);
const copies = () => run(`SELECT count(*)::int FROM pg_database WHERE datname ~ '^lesson_'`);
const keep = () => cluster.checkpoints!.databases.keep(never);
const restore = () => cluster.checkpoints!.databases.restore(never);

test('what was committed when it was kept comes back on all nodes, as often as it is asked for', async () => {
  await run('DELETE FROM demo WHERE a <= 40');
  expect(await keep()).toBe(true);
  for (let times = 0; times < 2; times += 1) {
    await run('DELETE FROM demo');
    await run('CREATE TABLE more ()');
    expect(await restore()).toBe(true);
    expect(await demo()).toBe(60);
    expect(await run(`SELECT to_regclass('more')`)).toEqual([[null]]);
  }
  expect(await restore()).toBe(true); // nobody has touched it
  expect(await demo()).toBe(60);
});

test('one that nobody kept, or that a reset has forgotten, is not restored', async () => {
  expect(await restore()).toBe(false);
  const before = await copies();
  expect(await keep()).toBe(true);
  await run('DELETE FROM demo');
  await cluster.reset({ initSql, signal: never });
  expect(await demo()).toBe(100);
  expect(await copies()).toEqual(before);
  expect(await restore()).toBe(false);
});

test('the last one counts', async () => {
  await keep();
  await run('DELETE FROM demo WHERE a <= 40');
  await keep();
  await run('DELETE FROM demo');
  await restore();
  expect(await demo()).toBe(60);
});

test('nothing is kept where more than the databases has changed', async () => {
  await run('CREATE ROLE somebody', 'worker-1');
  expect(await keep()).toBe(false);
  await run('DROP ROLE somebody', 'worker-1');
  await run(`ALTER SYSTEM SET work_mem = '77kB'`, 'worker-2');
  expect(await keep()).toBe(false);
});

test('one that somebody has opened is not trusted', async () => {
  await keep();
  const [[name]] = (await run(
    `SELECT datname FROM pg_database WHERE datname ~ '^lesson_' ORDER BY oid DESC LIMIT 1`,
    'worker-1',
  )) as [[string]];
  await run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`, 'worker-1');
  const client = new pg.Client({ ...(await cluster.address('worker-1')), database: name, ssl: false });
  await client.connect();
  await client.query('CREATE TABLE planted ()');
  await client.end();
  expect(await restore()).toBe(false);
});

test('it survives servers that stop and start', async () => {
  await run('DELETE FROM demo WHERE a <= 40');
  await keep();
  await run('DELETE FROM demo');
  await cluster.servers!.stop('worker-1', never);
  expect(await restore()).toBe(true);
  expect(await demo()).toBe(60);
});

test('a role and a setting that came after it are gone', async () => {
  await keep();
  await run('CREATE ROLE somebody');
  await run(`ALTER SYSTEM SET work_mem = '77kB'`, 'worker-1');
  await run(`SELECT pg_reload_conf()`, 'worker-1');
  expect(await restore()).toBe(true);
  expect(await run(`SELECT count(*)::int FROM pg_roles WHERE rolname = 'somebody'`)).toEqual([[0]]);
  expect(await run('SHOW work_mem', 'worker-1')).toEqual([['4MB']]);
});
