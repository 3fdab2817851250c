// What a lesson can do to its servers, each put back by the next reset: whatever was done, it ends in the same state.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { withClient } from '../../../runner/connect/client.ts';
import { type TestCluster, testCluster } from '../../support/cluster.ts';
import { ask, clusterFolder, kill, never, pids, readRecord } from '../../support/servers.ts';

const initSql = `
CREATE TABLE demo (a int);
SELECT create_distributed_table('demo', 'a', shard_count := 4);
INSERT INTO demo SELECT generate_series(1, 100);`;

let cluster: TestCluster;
let fresh: unknown;
beforeAll(async () => {
  cluster = await testCluster({ workers: 1 });
  await reset();
  fresh = await state();
});

afterEach(() => vi.unstubAllEnvs());

const reset = () => cluster.reset({ initSql, signal: never });
const nodes = ['coordinator', 'worker-1'];

/** All that lessons can see of a server and a reset answers for, but for what changes by itself. */
const everywhere = `
SELECT 'role', rolname::text, to_jsonb(r) - 'oid' || jsonb_build_object('rolvaliduntil', coalesce(rolvaliduntil, 'infinity'))
  FROM pg_roles r
UNION ALL
SELECT 'member', roleid::regrole::text, to_jsonb(member::regrole) FROM pg_auth_members
UNION ALL
SELECT 'database', datname, jsonb_build_object('template', datistemplate, 'open', datallowconn, 'limit', datconnlimit,
                                               'owner', datdba::regrole, 'acl', datacl::text, 'in', dattablespace)
  FROM pg_database
 WHERE datname !~ '^lesson_[0-9a-f]{16}$'
UNION ALL
SELECT 'tablespace', spcname, to_jsonb(spcacl::text) FROM pg_tablespace
UNION ALL
SELECT 'setting of a role', setrole::text, to_jsonb(s) FROM pg_db_role_setting s
UNION ALL
SELECT 'slot', slot_name, 'null' FROM pg_replication_slots
UNION ALL
SELECT 'origin', roname, 'null' FROM pg_replication_origin
UNION ALL
SELECT 'prepared', gid, 'null' FROM pg_prepared_xacts
UNION ALL
SELECT 'subscription', subname, 'null' FROM pg_subscription
UNION ALL
SELECT 'setting', name, to_jsonb(setting) FROM pg_settings
 WHERE source NOT IN ('client', 'session', 'override') OR pending_restart
 ORDER BY 1, 2, 3`;

/** Of a database; initdb made some of template1's functions, under numbers of its own. */
const inside = `
SELECT 'relation', oid::regclass::text, relkind::text
  FROM pg_class
 WHERE oid >= 16384 AND relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND relnamespace <> 'pg_toast'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
UNION ALL
SELECT 'function', oid::regprocedure::text, md5(prosrc)
  FROM pg_proc
 WHERE oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
UNION ALL
SELECT 'extension', extname, extversion FROM pg_extension
UNION ALL
SELECT 'event trigger', evtname, evtevent FROM pg_event_trigger
UNION ALL
SELECT 'schema', nspname, nspacl::text FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
UNION ALL
SELECT 'server', srvname, array_to_string(srvoptions, ' ') FROM pg_foreign_server
 ORDER BY 1, 2, 3`;

async function state() {
  const rows = [];
  for (const node of nodes) {
    rows.push(...(await ask(cluster, node, everywhere)).map((row) => [node, ...row]));
    for (const database of ['postgres', 'template1']) {
      rows.push(...(await ask(cluster, node, inside, database)).map((row) => [node, database, ...row]));
    }
  }
  const total = await ask(cluster, 'coordinator', 'SELECT sum(a)::int FROM demo');
  return [...rows, ...total].map((row) => JSON.stringify(row));
}

/** One statement after another, until one shuts us out. */
async function run(node: string, statements: readonly string[], database = 'postgres') {
  await withClient(await cluster.address(node), { signal: never, database }, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

const loginTrigger = `
  SET citus.enable_ddl_propagation = off;
  CREATE OR REPLACE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
  CREATE EVENT TRIGGER refuse ON login EXECUTE FUNCTION refuse()`;

const hostile: Readonly<Record<string, readonly string[]>> = {
  'a timeout for the database': [`ALTER DATABASE postgres SET statement_timeout = '1ms'`],
  'a timeout for the superuser': [`ALTER ROLE postgres SET statement_timeout = '1ms'`],
  'a timeout for the superuser in template1': [
    `ALTER ROLE postgres IN DATABASE template1 SET statement_timeout = '1ms'`,
  ],
  'settings of all roles': [
    `ALTER ROLE ALL SET default_transaction_read_only = on`,
    `ALTER ROLE ALL SET search_path = nowhere`,
    `ALTER ROLE ALL SET default_tablespace = nowhere`,
  ],
  'another role to work as': ['CREATE ROLE somebody', 'ALTER ROLE postgres SET role = somebody'],
  'a library that is not there': [`ALTER DATABASE postgres SET session_preload_libraries = 'nope'`],
  'a library that is not there, for the superuser': [
    `ALTER ROLE postgres SET session_preload_libraries = 'nope'`,
  ],
  'a library that is not there, everywhere': [
    `ALTER SYSTEM SET session_preload_libraries = 'nope'`,
    'SELECT pg_reload_conf()',
  ],
  'a read-only system': [
    'ALTER SYSTEM SET default_transaction_read_only = on',
    `ALTER SYSTEM SET statement_timeout = '1ms'`,
    'SELECT pg_reload_conf()',
  ],
  'a standby that nobody has': [
    `ALTER SYSTEM SET synchronous_standby_names = 'nobody'`,
    'SELECT pg_reload_conf()',
  ],
  'a login trigger': [loginTrigger],
  'the engine dropped': ['DROP EXTENSION citus CASCADE'],
  'the superuser restricted': [
    `ALTER ROLE postgres NOCREATEDB NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 3 VALID UNTIL '2100-01-01'`,
  ],
  'roles that own and may': [
    'CREATE ROLE somebody',
    'GRANT somebody TO postgres',
    'GRANT pg_monitor TO somebody',
    'GRANT pg_read_all_data TO pg_write_all_data',
    'CREATE TABLE theirs ()',
    'ALTER TABLE theirs OWNER TO somebody',
    'GRANT SET ON PARAMETER work_mem TO somebody',
    'GRANT CREATE ON DATABASE template1 TO somebody',
    'CREATE DATABASE other OWNER somebody IS_TEMPLATE true',
  ],
  'a tablespace in use': [
    'CREATE ROLE somebody',
    'SET allow_in_place_tablespaces = on',
    `CREATE TABLESPACE far OWNER somebody LOCATION ''`,
    'CREATE TABLE away () TABLESPACE far',
    'CREATE DATABASE other TABLESPACE far',
  ],
  'replication slots': [
    `SELECT pg_create_physical_replication_slot('one', true)`,
    `SELECT pg_create_logical_replication_slot('two', 'pgoutput')`,
    `SELECT pg_replication_origin_create('three')`,
  ],
  'a slot and nothing else': [`SELECT pg_create_physical_replication_slot('one')`],
  'template1 renamed': ['ALTER DATABASE template1 RENAME TO template2'],
  'template1 dropped': ['ALTER DATABASE template1 IS_TEMPLATE false', 'DROP DATABASE template1'],
  'template1 closed': ['ALTER DATABASE template1 ALLOW_CONNECTIONS false'],
  'template1 given away': ['CREATE ROLE somebody', 'ALTER DATABASE template1 OWNER TO somebody'],
  'databases with our names': [
    'CREATE DATABASE lesson_next',
    'CREATE DATABASE lesson_old IS_TEMPLATE true',
    'CREATE DATABASE lesson_pristine ALLOW_CONNECTIONS false',
    'CREATE DATABASE lesson_0123456789abcdef',
  ],
};

test.for(Object.entries(hostile))('a reset puts back %s', async ([, statements]) => {
  for (const node of nodes) await run(node, statements);
  await reset();
  expect(await state()).toEqual(fresh);
});

const inTemplate1: Readonly<Record<string, readonly string[]>> = {
  'a table': ['CREATE TABLE here ()'],
  'a login trigger': [loginTrigger],
  'a missing extension': ['DROP EXTENSION dblink'],
};

test.for(Object.entries(inTemplate1))('a reset puts back template1 with %s', async ([, statements]) => {
  for (const node of nodes) await run(node, statements, 'template1');
  await reset();
  expect(await state()).toEqual(fresh);
});

test('a reset puts back a template1 that was written to before a crash', async () => {
  await run('worker-1', ['CREATE TABLE here ()'], 'template1');
  await kill((await pids(cluster))[1]!);
  await reset();
  expect(await state()).toEqual(fresh);
});

test('a reset does not start from a snapshot that somebody opened', async () => {
  const [[snapshot] = []] = await ask(
    cluster,
    'coordinator',
    `SELECT datname FROM pg_database WHERE datname ~ '^lesson_[0-9a-f]{16}$'`,
  );
  await run('coordinator', [`ALTER DATABASE ${snapshot} ALLOW_CONNECTIONS true`]);
  await run('coordinator', ['DELETE FROM demo', 'CREATE TABLE poison ()'], String(snapshot));
  await run('coordinator', [`ALTER DATABASE ${snapshot} ALLOW_CONNECTIONS false`]);
  await reset();
  expect(await state()).toEqual(fresh);
});

test('a reset puts back what ALTER SYSTEM set before a restart, and prepared transactions', async () => {
  for (const setting of [
    'max_prepared_transactions = 5',
    'max_connections = 50',
    `shared_preload_libraries = 'auto_explain'`,
  ]) {
    await run('worker-1', [`ALTER SYSTEM SET ${setting}`]);
  }
  await cluster.servers!.stop('worker-1', never);
  await cluster.servers!.start('worker-1', never);
  for (const database of ['postgres', 'template1']) {
    await run('worker-1', ['BEGIN', 'CREATE TABLE two ()', `PREPARE TRANSACTION '${database}'`], database);
  }
  await reset();
  expect(await state()).toEqual(fresh);
});

test('a reset ends sessions that hold what it needs', async () => {
  const blocker = new pg.Client({ ...(await cluster.address('worker-1')), database: 'template1' });
  const isLost = new Promise((resolve) => blocker.on('error', resolve));
  await blocker.connect();
  await blocker.query('BEGIN; LOCK TABLE pg_event_trigger');
  await run('worker-1', ['CREATE TABLE more ()']);
  await reset();
  await isLost;
  expect(await state()).toEqual(fresh);
});

test.for(['', '{', 'null', '{"snapshot":"x","nodes":[{}]}'])(
  'a reset takes a note of "%s" as none',
  async (text) => {
    await writeFile(join(clusterFolder(cluster.stateDir), 'untouched.json'), text);
    await reset();
    expect(await state()).toEqual(fresh);
  },
);

test("a reset does not listen to the caller's PGOPTIONS", async () => {
  await rm(join(clusterFolder(cluster.stateDir), 'untouched.json'));
  vi.stubEnv('PGOPTIONS', '-c default_transaction_read_only=on');
  await reset();
  expect(await state()).toEqual(fresh);
});

test('a reset makes a database anew whose files are gone', async () => {
  const [[oid] = []] = await ask(
    cluster,
    'worker-1',
    `SELECT oid FROM pg_database WHERE datname = 'postgres'`,
  );
  await run('worker-1', ['CREATE TABLE more AS SELECT generate_series(1, 1000)']);
  const base = join(clusterFolder(cluster.stateDir), 'worker-1', 'data', 'base');
  await rm(join(base, String(oid)), { recursive: true });
  await reset();
  expect(await state()).toEqual(fresh);
});

test('a reset makes a cluster anew whose server has lost its files', async () => {
  const lost = await testCluster({ workers: 1 });
  const { id } = await readRecord(lost.stateDir);
  await rm(join(clusterFolder(lost.stateDir), 'worker-1', 'data', 'base'), { recursive: true });
  await lost.reset({ initSql, signal: never });
  expect((await readRecord(lost.stateDir)).id).not.toBe(id);
  expect(await ask(lost, 'coordinator', 'SELECT sum(a)::int FROM demo')).toEqual([[5050]]);
});
