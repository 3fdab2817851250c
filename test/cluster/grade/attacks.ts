// Answers that try to harm the grader, its servers, or the next answer. Each with what it must fail with.

export interface Attack {
  readonly name: string;
  readonly sql: string;
  readonly reason: RegExp;
}

const denied = /42501/;
/** Of an answer that a limit has ended. */
export const overLimit = /^it needs more than/;

/** @param mark A file that no answer may make. */
export function attacks(mark: string): readonly Attack[] {
  const touch = `COPY (SELECT 1) TO PROGRAM 'touch ${mark}'`;
  const all: readonly [name: string, sql: string, reason: RegExp][] = [
    ['COPY to a program', touch, denied],
    ['COPY to a file', `COPY (SELECT 1) TO '${mark}'`, denied],
    ['COPY from a file', `COPY found FROM '/etc/passwd'`, denied],
    ['reading a file of the server', `SELECT pg_read_file('PG_VERSION')`, denied],
    ['listing a folder of the server', `SELECT pg_ls_dir('.')`, denied],
    ['exporting a large object', `SELECT lo_export(lo_from_bytea(0, 'x'), '${mark}')`, denied],
    ['importing a large object', `SELECT lo_import('/etc/passwd')`, denied],
    ['a setting of the server', 'ALTER SYSTEM SET max_connections = 1', denied],
    ['a setting of the database', 'ALTER DATABASE postgres SET default_transaction_read_only = on', denied],
    ['reloading the settings', 'SELECT pg_reload_conf()', denied],
    [
      'a function in C',
      `CREATE FUNCTION system(cstring) RETURNS int LANGUAGE c AS 'libc.so.6', 'system'`,
      denied,
    ],
    ['an internal function', `CREATE FUNCTION f() RETURNS text LANGUAGE internal AS 'pg_read_file'`, denied],
    ['an untrusted language', 'CREATE EXTENSION plpython3u', /42501|58P01|0A000/],
    ['dblink elsewhere', `SELECT dblink_connect('host=127.0.0.1 port=1 password=x')`, denied],
    ['a foreign server elsewhere', 'CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw', denied],
    [
      'a user mapping of its own',
      `CREATE USER MAPPING FOR CURRENT_USER SERVER "worker-1:5432" OPTIONS (user 'postgres')`,
      denied,
    ],
    ['the passwords of roles', 'SELECT rolpassword FROM pg_authid', denied],
    [
      'ending all sessions, its own too',
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity',
      /42501|57P01/,
    ],
    ['dropping the database', 'DROP DATABASE postgres', /42501|55006/],
    ['a database of its own', 'CREATE DATABASE mine', denied],
    ['a tablespace', `CREATE TABLESPACE mine LOCATION '/tmp'`, denied],
    ['a replication slot', `SELECT pg_create_physical_replication_slot('stays')`, denied],
    ['a subscription', `CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p`, denied],
    ['the role of the superuser', 'SET ROLE postgres', denied],
    ['the session of the superuser', 'SET SESSION AUTHORIZATION postgres', denied],
    ['back to whoever logged in', `RESET ROLE; RESET SESSION AUTHORIZATION; ${touch}`, denied],
    ['becoming a superuser', 'ALTER ROLE CURRENT_USER SUPERUSER', denied],
    ['another superuser', 'CREATE ROLE mallory SUPERUSER LOGIN', denied],
    ['a membership', 'GRANT pg_execute_server_program TO CURRENT_USER', denied],
    ['writing to the catalogs', `UPDATE pg_authid SET rolsuper = true`, denied],
    ['writing to the metadata of the cluster', 'DELETE FROM pg_dist_node', denied],
    [
      'a program on a worker, as the engine runs commands',
      `INSERT INTO citus_internal.run_on_group_1 VALUES ($$${touch}$$)`,
      denied,
    ],
    ['a program on every worker', `SELECT * FROM run_command_on_workers($$${touch}$$)`, /true|expected/],
    [
      'a constraint that a worker would look at as superuser',
      `ALTER TABLE t ADD CONSTRAINT c CHECK (pg_read_file('PG_VERSION') IS NULL)`,
      denied,
    ],
    [
      'an event trigger that waits for the next answer',
      `CREATE FUNCTION later() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$no$$; END';
       CREATE EVENT TRIGGER later ON ddl_command_start EXECUTE FUNCTION later();`,
      denied,
    ],
    [
      'a view with a function that the checks run',
      `CREATE FUNCTION planted() RETURNS int LANGUAGE plpgsql AS $f$BEGIN ${touch}; RETURN 20; END$f$;
       ALTER TABLE found RENAME TO really_found;
       CREATE VIEW found AS SELECT planted() AS n;`,
      denied,
    ],
    [
      'a function with the name of one that the checks call',
      `CREATE FUNCTION public.count(anyelement) RETURNS bigint LANGUAGE sql AS 'SELECT 20::bigint';`,
      /names of the system|42501/,
    ],
    [
      'a function among the temporary objects',
      `CREATE FUNCTION pg_temp.count(anyelement) RETURNS bigint LANGUAGE sql AS 'SELECT 20::bigint';`,
      /expected|names of the system/,
    ],
    ['a lock that is kept', 'BEGIN; LOCK TABLE found IN ACCESS EXCLUSIVE MODE', /55P03/],
    [
      'a lock of a prepared transaction',
      `BEGIN; LOCK TABLE found IN ACCESS EXCLUSIVE MODE; PREPARE TRANSACTION 'stays'`,
      /55P03|55000/,
    ],
    ['no timeout', 'SET statement_timeout = 0; SELECT pg_sleep(3600)', overLimit],
    ['an endless loop', 'DO $$ BEGIN LOOP END LOOP; END $$', overLimit],
    [
      'a loop that does not let itself be canceled',
      `DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(1); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$`,
      overLimit,
    ],
    [
      'a terabyte of rows in a table',
      `INSERT INTO found SELECT g FROM generate_series(1, 100000000000) AS g`,
      overLimit,
    ],
    ['a terabyte of rows as a result', 'SELECT * FROM generate_series(1, 100000000000)', overLimit],
    [
      'a terabyte in temporary files',
      `SET work_mem = '64kB'; SELECT count(*) FROM (SELECT g FROM generate_series(1, 100000000000) AS g ORDER BY -g) AS s`,
      overLimit,
    ],
    [
      'all of the memory',
      `SET work_mem = '1000GB'; SELECT length(string_agg(repeat('x', 1000000), '')) FROM generate_series(1, 1000000)`,
      /^it needs more than|54000/,
    ],
    ['messages without end', `DO $$ BEGIN LOOP RAISE LOG 'all of the disk'; END LOOP; END $$`, overLimit],
    ['a command of psql', `\\! touch ${mark}`, /is a command of psql/],
  ];
  return all.map(([name, sql, reason]) => ({ name, sql, reason }));
}
