// Lessons in a database that is somebody else's, by URL.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { externalProvider } from '../../../runner/cluster/external/provider.ts';
import { reporterNames } from '../../../runner/report/registry.ts';
import { type TestCluster, testCluster } from '../../support/cluster.ts';
import { ask, never } from '../../support/servers.ts';
import { type Stranger, stranger, urlOf } from './lesson.ts';

let cluster: TestCluster;
let url: string;
let someone: Stranger;

beforeAll(async () => {
  cluster = await testCluster();
  url = await urlOf(cluster);
  someone = await stranger();
});
beforeEach(() => cluster.reset({ signal: never }));
afterAll(() => someone?.remove());

const onCoordinator = (sql: string) => ask(cluster, 'coordinator', sql);
const open = () => externalProvider(url).up({ name: 'default', report: () => {}, signal: never });

/** A course with one lesson, of one step. */
async function course(...lines: readonly string[]): Promise<string> {
  const dir = join(someone.home, 'lessons');
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, '01-a.md'), ['# A', '', '## S', '', ...lines, ''].join('\n'));
  return dir;
}

const sql = (text: string, options = '') => [`\`\`\`sql${options}`, text, '```'];
const walk = (...args: readonly string[]) => someone.run(['run', '01-a', '--yes', ...args]);
const walkByUrl = (...args: readonly string[]) => walk('--cluster', url, ...args);

/** What is in the databases that no extension brought. */
async function things() {
  const all = `
    SELECT 'relation ' || c.oid::regclass FROM pg_class c
     WHERE c.oid >= 16384 AND relnamespace::regnamespace::text !~ '^(pg_|citus|information_schema)'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
     UNION ALL
    SELECT 'schema ' || nspname FROM pg_namespace n
     WHERE oid >= 16384 AND nspname !~ '^pg_'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = n.oid AND d.deptype = 'e')
     UNION ALL
    SELECT 'function ' || p.oid::regprocedure FROM pg_proc p
     WHERE p.oid >= 16384 AND pronamespace::regnamespace::text <> 'citus_internal' -- the engine's own
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
     UNION ALL
    SELECT 'extension ' || extname FROM pg_extension
     ORDER BY 1`;
  const nodes = ['coordinator', 'worker-1', 'worker-2'];
  return Promise.all(nodes.map(async (node) => (await ask(cluster, node, all)).flat()));
}

describe('a run', () => {
  test('says what it will do, does it, and leaves nothing behind', async () => {
    const before = await things();
    await course(
      ...sql('CREATE SCHEMA mine CREATE TABLE t (k int) CREATE VIEW v AS SELECT k FROM t;'),
      ...sql("CREATE TYPE mood AS ENUM ('good'); CREATE SEQUENCE s; CREATE EXTENSION hstore;"),
      ...sql('CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;'),
      ...sql("SELECT create_distributed_table('mine.t', 'k');"),
      ...sql('CREATE TABLE by_hand (k int);', ' {node=worker-1}'),
      ...['```check', 'shards: {sensor_data: 4}', 'rows: {sensor_data: 1000}', 'workers: 2', '```'],
    );
    const { exitCode, stdout, stderr } = await walkByUrl();
    expect(stderr).toMatch(
      /^Lessons create tables in the database "postgres" at 127.0.0.1:\d+ and drop them/,
    );
    expect(stdout).toContain('✓ passed on the built-in engine');
    expect(exitCode).toBe(0);
    expect(await things()).toEqual(before);
  });

  test('that fails leaves nothing behind, and one that was killed only until the next', async () => {
    const before = await things();
    await course(...sql('CREATE TABLE t (); SELECT nosuch;'));
    expect((await walkByUrl()).exitCode).toBe(1);
    expect(await things()).toEqual(before);

    const killed = await open();
    await killed.reset({ initSql: 'CREATE TABLE left_over ()', signal: never });
    expect(await things()).not.toEqual(before);
    await course(
      ...sql("SELECT to_regclass('left_over') IS NULL AS gone;"),
      '```result',
      'gone',
      '----',
      't',
      '```',
    );
    expect(await walkByUrl()).toMatchObject({ exitCode: 0 });
    expect(await things()).toEqual(before);
  });

  test('reaches the workers by the names that lessons use', async () => {
    await course(
      ...sql("SELECT current_setting('cluster_name') AS name;", ' {node=worker-2}'),
      ...['```result', ' name', '------', ' *', '```'],
    );
    const { stdout, exitCode } = await walkByUrl();
    expect(stdout).toContain('default/worker-2');
    expect(exitCode).toBe(0);
    await course(...sql('SELECT 1;', ' {node=worker-7}'));
    expect((await walkByUrl()).stdout).toContain('known: coordinator, worker-1, worker-2');
  });

  test('is alone in its database: a second one is told who is there', async () => {
    const first = await open();
    const release = await first.holdRun('lesson run 09-first');
    await course(...sql('SELECT 1;'));
    const { exitCode, stderr } = await walkByUrl();
    expect(stderr).toMatch(
      /the database "postgres" is in use: "lesson run 09-first" from 127\.0\.0\.1 since/,
    );
    expect(exitCode).toBe(3);
    await release();
    expect((await walkByUrl()).exitCode).toBe(0);
  });
});

describe('a reset', () => {
  test('activates nodes that a lesson disabled, and removes those that it added', async () => {
    const mine = await open();
    await mine.reset({ signal: never });
    const nodes = () =>
      onCoordinator('SELECT nodename, isactive, shouldhaveshards FROM pg_dist_node ORDER BY 1');
    const before = await nodes();
    await onCoordinator(`SELECT citus_disable_node('worker-2', 5432)`);
    await onCoordinator(`SELECT citus_set_node_property('worker-1', 5432, 'shouldhaveshards', false)`);
    expect(await nodes()).not.toEqual(before);
    await mine.reset({ signal: never });
    expect(await nodes()).toEqual(before);
    await (await mine.holdRun('end'))();
  });

  test('rolls back what a lesson has prepared and not ended', async () => {
    const before = await things();
    await course(
      ...sql(`CREATE TABLE t (k int); BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'it''s on both';`),
      ...sql(`BEGIN; CREATE TABLE u (k int); PREPARE TRANSACTION 'it''s on both';`, ' {node=worker-1}'),
    );
    expect(await walkByUrl()).toMatchObject({
      exitCode: 0,
      stderr: expect.not.stringContaining('Could not'),
    });
    expect(await onCoordinator('SELECT gid FROM pg_prepared_xacts')).toEqual([]);
    expect(await ask(cluster, 'worker-1', 'SELECT gid FROM pg_prepared_xacts')).toEqual([]);
    expect(await things()).toEqual(before);
  });

  test('ends a session that is in the middle of something', async () => {
    const mine = await open();
    await mine.reset({ initSql: 'CREATE TABLE t (a int)', signal: never });
    const session = new pg.Client(await cluster.address('coordinator'));
    const lost = new Promise((resolve) => session.on('error', resolve));
    await session.connect();
    await session.query('BEGIN; INSERT INTO t VALUES (1)');
    await mine.reset({ signal: never });
    await lost;
    expect(await onCoordinator(`SELECT to_regclass('t')`)).toEqual([[null]]);
    await (await mine.holdRun('end'))();
  });
});

describe('what cannot be used is refused', () => {
  const refused = async (wrong: string) => {
    await course(...sql('SELECT 1;'));
    const { exitCode, stderr } = await walk('--cluster', wrong);
    expect(exitCode).toBe(3);
    expect(stderr).not.toContain('    at ');
    return stderr;
  };
  const with_ = (change: (url: URL) => void) => {
    const changed = new URL(url);
    change(changed);
    return changed.href;
  };

  test('a database with a table in it, which stays', async () => {
    await onCoordinator('CREATE TABLE theirs (a int)');
    const stderr = await refused(url);
    expect(stderr).toContain(
      'the database "postgres" is not empty (table theirs), and lessons drop what is in theirs',
    );
    expect(stderr).toContain('CREATE DATABASE "lessons"');
    expect(stderr).toContain('citus_add_node');
    await onCoordinator('SELECT FROM theirs');
  });

  test('a table made between the look and the first lesson stays too', async () => {
    const mine = await open();
    await onCoordinator('CREATE TABLE theirs (a int)');
    await expect(mine.reset({ signal: never })).rejects.toThrow('is not empty (table theirs)');
    await onCoordinator('SELECT FROM theirs');
  });

  test.each([
    ['no Citus', (u: URL) => (u.pathname = '/template1'), 'has no extension "citus"'],
    ['no such database', (u: URL) => (u.pathname = '/nosuch'), 'the database "nosuch" does not exist'],
    ['nobody there', (u: URL) => (u.port = '1'), 'connection to 127.0.0.1:1 was refused'],
    [
      'no such host',
      (u: URL) => (u.hostname = 'nosuch.invalid'),
      'could not resolve the host name "nosuch.invalid"',
    ],
    ['a wrong password', (u: URL) => (u.password = 'wrong'), 'authentication failed for "postgres"'],
    ['no password', (u: URL) => (u.password = ''), 'requires a password for "postgres"'],
    ['TLS that is not there', (u: URL) => (u.search = '?sslmode=require'), 'does not support TLS'],
  ])('%s', async (_, change, words) => {
    expect(await refused(with_(change))).toContain(words);
  });

  test('a worker', async () => {
    expect(await refused(await urlOf(cluster, 'worker-1'))).toMatch(/is a worker of|no workers/);
  });

  test('a user who may not create tables', async () => {
    await onCoordinator(`CREATE ROLE guest LOGIN PASSWORD 'guest'; GRANT SELECT ON pg_dist_node TO guest`);
    const stderr = await refused(with_((u) => Object.assign(u, { username: 'guest', password: 'guest' })));
    expect(stderr).toContain('"guest" cannot ');
    expect(stderr).toContain('permission denied');
  });
});

describe('the password', () => {
  const password = () => new URL(url).password;
  const bare = () => url.replace(`:${password()}@`, '@');

  test('may come from PGPASSWORD and from a file', async () => {
    await course(...sql('SELECT 1;'));
    const args = ['run', '01-a', '--yes', '--cluster', bare()];
    expect((await someone.run(args)).exitCode).toBe(3);
    expect((await someone.run(args, { PGPASSWORD: password() })).exitCode).toBe(0);
    const file = join(someone.home, 'passwords');
    await writeFile(file, `127.0.0.1:*:postgres:postgres:${password()}\n`, { mode: 0o600 });
    expect((await someone.run(args, { PGPASSFILE: file })).exitCode).toBe(0);
    await writeFile(join(someone.home, '.pgpass'), `*:*:*:*:${password()}\n`, { mode: 0o644 });
    const open = await someone.run(args);
    expect(open.stderr).toContain('is ignored: it has group or world access');
    expect(open.exitCode).toBe(3);
  });

  test.each(reporterNames)('is printed nowhere, with the reporter %s', async (reporter) => {
    await course(
      ...sql('SELECT 1;'),
      ...['```bash', 'echo "$LESSON_CLUSTER"; lesson status; lesson node list', '```'],
      ...sql('SELECT nosuch;'),
    );
    const seen = await walkByUrl('--reporter', reporter);
    expect(seen.exitCode).toBe(1);
    expect(`${seen.stdout}${seen.stderr}`).not.toContain(password());
    expect(`${seen.stdout}${seen.stderr}`).not.toContain('no cluster');
  });

  test('is remembered nowhere, and "up" says what is missing', async () => {
    const up = await someone.run(['up', '--cluster', url]);
    expect(up.stdout).toContain('Cluster "default" is up: coordinator, worker-1, worker-2.');
    const files = await readdir(join(someone.home, 'state'), { recursive: true, withFileTypes: true });
    const texts = files.filter((f) => f.isFile()).map((f) => readFile(join(f.parentPath, f.name), 'utf8'));
    expect((await Promise.all(texts)).join()).not.toContain(password());
    await course(...sql('SELECT 1;'));
    expect((await walk()).stderr).toContain('Passwords are read from the URL, PGPASSWORD and ~/.pgpass');
    expect((await someone.run(['run', '01-a', '--yes'], { PGPASSWORD: password() })).exitCode).toBe(0);

    const status = await someone.run(['status'], { PGPASSWORD: password() });
    expect(status.stderr).toBe('');
    expect(status.stdout).toContain('Cluster "default" (external): 3 of 3 servers up');
    expect(status.stdout).toContain('the built-in engine (not Citus)');
    expect((await someone.run(['down'])).stdout).toContain('is forgotten; its servers were not touched');
    expect((await someone.run(['status'])).stdout).toContain('There is no cluster.');
  });
});
