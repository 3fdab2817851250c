import { expect, test } from 'vitest';
import type { Connection } from '../../../../runner/connect/connection.ts';
import { runStatement } from '../../../../runner/session/blocks/run-statement.ts';

/** A session that notes what it is sent. */
function session(builtIn: boolean, refused = ''): { connection: Connection; sent: string[] } {
  const sent: string[] = [];
  const run: Connection['run'] = async (sql, { onRow }) => {
    sent.push(sql);
    if (sql.includes('to_regproc')) onRow?.([builtIn ? 't' : 'f'], ['has']);
    if (refused !== '' && sql.includes(refused)) {
      return { status: 'failed', failure: { sqlstate: '22023', message: 'no' }, ms: 0 };
    }
    return { status: 'done', command: '', columns: [], rowCount: 0, ms: 0 };
  };
  return { connection: { run, lost: false, inTransaction: false, close: async () => {} }, sent };
}

const options = { timeoutMs: 1000, signal: new AbortController().signal };

test('the built-in engine is asked before a setting of Citus is sent', async () => {
  for (const [sql, asked] of [
    ['SET citus.shard_count = 8', "'citus.shard_count', '8', true"],
    ["set local Citus.Shard_Count TO 'a b';", "'citus.shard_count', 'a b', true"],
    ['SET SESSION citus.shard_count TO DEFAULT', "'citus.shard_count', NULL, true"],
    ['ALTER SYSTEM SET citus.shard_count = 8', "'citus.shard_count', '8', false"],
  ] as const) {
    const { connection, sent } = session(true);
    await runStatement(connection, sql, options);
    expect(sent.slice(1)).toEqual([`SELECT citus_internal.check_setting(${asked})`, sql]);
  }
});

test('what it refuses is not sent', async () => {
  const { connection, sent } = session(true, 'check_setting(');
  const end = await runStatement(connection, 'SET citus.shard_count = 0', options);
  expect(end).toMatchObject({ status: 'failed', failure: { sqlstate: '22023' } });
  expect(sent).not.toContain('SET citus.shard_count = 0');
});

test('nobody is asked about other statements, and on Citus PostgreSQL decides', async () => {
  const other = session(true);
  await runStatement(other.connection, `SELECT 'SET citus.shard_count = 8'`, options);
  await runStatement(other.connection, 'SET work_mem = 8', options);
  expect(other.sent).toHaveLength(2);

  const citus = session(false);
  await runStatement(citus.connection, 'SET citus.shard_count = 0', options);
  expect(citus.sent.at(-1)).toBe('SET citus.shard_count = 0');
  expect(citus.sent).toHaveLength(2);
});

test('after a change of roles the built-in engine is told', async () => {
  for (const sql of [
    'CREATE ROLE alice LOGIN',
    'create user bob',
    "ALTER ROLE alice SET work_mem = '8MB'",
    'DROP ROLE alice',
    'GRANT readers TO alice',
    'REVOKE readers FROM alice',
    '-- a reader\nCREATE ROLE readers',
    'DROP OWNED BY alice',
  ]) {
    const { connection, sent } = session(true);
    await runStatement(connection, sql, options);
    expect(sent.slice(1)).toEqual([sql, 'SELECT citus_internal.tell_roles()']);
  }
});

test('it is told nothing where they have not changed', async () => {
  for (const sql of ['GRANT SELECT ON t TO alice', 'CREATE USER MAPPING FOR alice SERVER s', 'SELECT 1']) {
    const { connection, sent } = session(true);
    await runStatement(connection, sql, options);
    expect(sent).toEqual([sql]);
  }
  const refused = session(true, 'CREATE ROLE');
  expect(await runStatement(refused.connection, 'CREATE ROLE alice', options)).toMatchObject({
    status: 'failed',
  });
  expect(refused.sent.at(-1)).toBe('CREATE ROLE alice');
});

test('a worker that cannot be told fails the statement', async () => {
  const { connection } = session(true, 'tell_roles');
  expect(await runStatement(connection, 'CREATE ROLE alice', options)).toMatchObject({ status: 'failed' });
});
