// Each backslash command of `lesson psql` on a real cluster, as it answers without the psql of the system.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Invocation } from '../../../runner/invocation.ts';
import type { Screen } from '../../../runner/prompt/client.ts';
import { type NodeSession, openNodeSession } from '../../../runner/prompt/node-session.ts';
import { openPrompt, runScripts } from '../../../runner/prompt/prompt.ts';
import { serverClient } from '../../../runner/prompt/server-client.ts';
import { type TestCluster, testCluster } from '../../support/cluster.ts';
import { never } from '../../support/servers.ts';

let cluster: TestCluster;
let session: NodeSession;
let dir: string;

beforeAll(async () => {
  cluster = await testCluster({ workers: 1 });
  session = openNodeSession(cluster, 'coordinator');
  dir = await mkdtemp(join(tmpdir(), 'lesson prompt '));
  const setup = await run(`
    CREATE SCHEMA shop;
    CREATE TABLE items (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'a;b', price numeric(10,2) CHECK (price > 0));
    CREATE INDEX items_name ON items (name);
    CREATE TABLE shop.parts (id int GENERATED ALWAYS AS IDENTITY, item bigint REFERENCES items, "Odd Name" text);
    CREATE VIEW cheap AS SELECT id FROM items WHERE price < 1;
    CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
    CREATE TABLE readings (device_id bigint, value float8);
    SELECT create_distributed_table('readings', 'device_id', shard_count => 8);`);
  expect(setup.stderr).not.toContain('ERROR');
});

afterAll(async () => {
  await session.close();
  await rm(dir, { recursive: true, force: true });
});

/** What a script prints, each command in the state that the ones before have left. */
async function run(...scripts: readonly string[]) {
  const { invocation, printed } = streams();
  const client = serverClient(cluster, session, { history: [] }, invocation);
  const { failed } = await runScripts(client, scripts, invocation);
  return { ...printed(), failed };
}

function streams(input = '') {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(input);
  const invocation = { env: {}, cwd: dir, stdin, stdout, stderr, signal: never } as unknown as Invocation;
  const read = (stream: PassThrough) => `${stream.read() ?? ''}`;
  return { invocation, printed: () => ({ stdout: read(stdout), stderr: read(stderr) }) };
}

describe('\\d', () => {
  test('lists tables, views and sequences', async () => {
    const { stdout } = await run('\\d');
    expect(stdout).toMatch(/^ +List of relations\n Schema \| +Name +\| +Type +\| +Owner/);
    expect(stdout).toMatch(/ public \| items +\| table +\|/);
    expect(stdout).toMatch(/ public \| cheap +\| view +\|/);
    expect(stdout).not.toContain('parts'); // its schema is not searched
  });

  test('shows the columns, indexes and constraints of a table', async () => {
    expect((await run('\\d items;')).stdout.trimEnd()).toBe(`\
              Table "public.items"
 Column |     Type      | Nullable |   Default
--------+---------------+----------+-------------
 id     | bigint        | not null |
 name   | text          | not null | 'a;b'::text
 price  | numeric(10,2) |          |
Indexes:
    "items_name" btree (name)
    "items_pkey" PRIMARY KEY, btree (id)
Check constraints:
    "items_price_check" CHECK ((price > (0)::numeric))
Referenced by:
    TABLE shop.parts CONSTRAINT "parts_item_fkey" FOREIGN KEY (item) REFERENCES items(id)`);
  });

  test('shows foreign keys, identities and odd names', async () => {
    const { stdout } = await run('\\d shop.parts');
    expect(stdout).toContain(' id       | integer | not null | generated always as identity');
    expect(stdout).toContain(' Odd Name | text    |');
    expect(stdout).toContain(
      'Foreign-key constraints:\n    "parts_item_fkey" FOREIGN KEY (item) REFERENCES items(id)',
    );
  });

  test('shows how a table is distributed', async () => {
    const { stdout } = await run('\\d+ READINGS');
    expect(stdout).toMatch(
      /Distribution:\n {4}distributed table, distribution column device_id, 8 shards, co-location group \d+/,
    );
  });

  test('shows views, indexes and sequences', async () => {
    expect((await run('\\d cheap')).stdout).toMatch(
      /View "public\.cheap"[\s\S]*View definition:\n +SELECT id/,
    );
    expect((await run('\\d items_pkey')).stdout).toContain('primary key, btree, for table items');
    expect((await run('\\d shop.parts_id_seq')).stdout).toMatch(/ integer \| +1 \| +1 \| 2147483647 \|/);
  });

  test('takes a pattern, and says what there is none of', async () => {
    const { stdout } = await run('\\d it*s');
    expect(stdout).toContain('Table "public.items"');
    const { stderr, failed } = await run('\\d nothing');
    expect(stderr).toBe('Did not find any relation named "nothing".\n');
    expect(failed).toBe(false);
  });
});

test.each([
  ['\\dt', / public \| items +\| table +\| \S+\n/],
  ['\\dt shop.*', / shop +\| parts \| table \|/],
  ['\\di', / public \| items_pkey \| index \| \S+ +\| items\n/],
  ['\\dv cheap', / public \| cheap \| view \|/],
  ['\\df', / public \| twice +\| integer +\| n integer/],
  ['\\df abs', / pg_catalog \| abs +\| bigint/],
  ['\\dn', / shop +\|/],
  ['\\du', / Superuser, Create role, Create DB/],
  ['\\l', / template1 +\| \S+ +\| UTF8/],
])('%s', async (command, line) => {
  const { stdout, stderr } = await run(command);
  expect(stdout).toMatch(line);
  expect(stderr).toBe('');
});

test('\\x and \\timing change how results are shown', async () => {
  const { stdout } = await run(
    '\\x on',
    'SELECT 1 AS a, 2 AS b',
    '\\x off',
    '\\timing',
    'SELECT 3 AS a;',
    '\\x auto',
  );
  expect(stdout).toMatch(
    /^Expanded display is on\.\n-\[ RECORD 1 \]\na \| 1\nb \| 2\n\nExpanded display is off\.\n/,
  );
  expect(stdout).toMatch(/Timing is on\.\n a\n---\n 3\n\(1 row\)\n\nTime: \d+\.\d{3} ms\n/);
  expect(stdout).toMatch(/Expanded display is used automatically\.\n$/);
  expect((await run('\\x maybe')).stderr).toBe('\\x takes on, off or auto, not "maybe".\n');
});

test('\\c goes to another node, \\conninfo says which it is', async () => {
  const { port } = await cluster.address('worker-1');
  const { stdout } = await run('\\c worker-1;', 'SHOW port;', '\\conninfo', '\\c coordinator');
  expect(stdout).toContain(`You are now connected to worker-1 (127.0.0.1:${port})`);
  expect(stdout).toContain(` ${port}\n(1 row)`);
  expect(stdout).toContain(`You are connected to worker-1 (127.0.0.1:${port}), database "postgres"`);
  const { stderr, failed } = await run('\\c worker1', '\\conninfo');
  expect(stderr).toBe('unknown node "worker1"; known: coordinator, worker-1\nDid you mean "\\c worker-1"?\n');
  expect(failed).toBe(true);
  expect(session.node).toBe('coordinator');
});

test('\\i runs a file, also without a last semicolon', async () => {
  await writeFile(join(dir, 'a.sql'), "SELECT 'one' AS\n  word;\n\\conninfo\nSELECT 'two' AS word");
  const { stdout, failed } = await run('\\i a.sql');
  expect(stdout).toMatch(/ one\n[\s\S]*You are connected to coordinator[\s\S]* two\n/);
  expect(failed).toBe(false);
  expect((await run('\\i no.sql')).stderr).toMatch(/^"no\.sql" cannot be read: ENOENT/);
  expect((await run('\\i')).stderr).toBe('\\i needs the name of a file: \\i FILE\n');
});

test('\\? and \\q, and \\e where there is no terminal', async () => {
  const { stdout } = await run('\\?', '\\q', 'SELECT 1');
  expect(stdout).toContain('\\d [NAME] ');
  expect(stdout).toContain('\\c [NODE] ');
  expect(stdout).not.toContain('(1 row)');
  expect((await run('\\e')).stderr).toBe('\\e needs a terminal.\n');
});

test('statements show tags, rows, notices and errors with a caret', async () => {
  const { stdout, stderr, failed } = await run(
    'CREATE TEMP TABLE n (i int); INSERT INTO n VALUES (1) RETURNING i;',
    "DO 'BEGIN RAISE NOTICE $$now$$; END';",
    'SELECT\n  nonsense;\nCOPY n FROM STDIN;\nCOPY n TO STDOUT;',
  );
  expect(stdout).toBe('CREATE TABLE\n i\n---\n 1\n(1 row)\n\nINSERT 0 1\nDO\n');
  expect(stderr).toBe(
    [
      'NOTICE:  now',
      'ERROR:  column "nonsense" does not exist\nLINE 2:   nonsense;\n          ^',
      'COPY FROM STDIN does not work at this prompt, which cannot send data. Use INSERT instead.',
      'COPY TO STDOUT does not work at this prompt. Use SELECT instead.\n',
    ].join('\n'),
  );
  expect(failed).toBe(true);
});

test('a lost session is opened again', async () => {
  const { stdout, stderr } = await run('SELECT pg_terminate_backend(pg_backend_pid());', 'SELECT 5 AS five;');
  expect(stderr).toMatch(/ERROR: {2}terminating connection/);
  expect(stdout).toContain('\n    5\n(1 row)');
});

test('commands fail with a sentence where the transaction has failed', async () => {
  const { stderr } = await run('BEGIN; SELECT 1/0;', '\\d', 'ROLLBACK;');
  expect(stderr).toContain('ERROR:  current transaction is aborted');
});

test('Tab offers the names in the database, new ones too', async () => {
  const { invocation } = streams();
  const client = serverClient(cluster, session, { history: [] }, invocation);
  expect(await client.complete?.('SELECT * FROM ite')).toEqual({ word: 'ite', candidates: ['items'] });
  expect((await client.complete?.('SELECT devi'))?.candidates).toEqual(['device_id']);
  const screen: Screen = { width: 80, lend: (use) => use(), print: async () => {}, complain: () => {} };
  await client.run('CREATE TABLE itemized ();', { signal: never, screen });
  expect((await client.complete?.('\\d item'))?.candidates).toContain('itemized');
});

test('statements come from a pipe, too', async () => {
  const { invocation, printed } = streams('SELECT 1 AS a;\nSELECT 2 AS b\n');
  const client = serverClient(cluster, session, { history: [] }, invocation);
  expect(await openPrompt(client, invocation)).toEqual({ how: 'ended', failed: false });
  expect(printed().stdout).toBe(' a\n---\n 1\n(1 row)\n\n b\n---\n 2\n(1 row)\n\n');
});
