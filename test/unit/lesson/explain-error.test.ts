import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { explainError, lessonToRead } from '../../../runner/lesson/explain-error.ts';

const said = (sqlstate: string, message: string, detail?: string) => ({
  sqlstate,
  message,
  ...(detail === undefined ? {} : { detail }),
});

/** As real Citus 13.2 and the built-in engine say them. */
test.each([
  ['0A000', 'cannot create constraint on "events"', '07-keys'],
  ['0A000', 'creating unique indexes on non-partition columns is currently unsupported', '07-keys'],
  ['42P16', 'table "readings" is already distributed', '02-shards'],
  ['42P16', 'relation is not distributed', '02-shards'],
  ['XX000', 'cannot undistribute table because the table is not distributed', '02-shards'],
  ['XX000', 'cannot alter table because the table is not distributed', '02-shards'],
  ['42704', 'data type json has no default operator class for specified partition method', '03-distribution'],
  ['22004', 'cannot perform an INSERT with NULL in the partition column', '04-rows'],
  ['22004', 'cannot perform an INSERT without a partition column value', '04-rows'],
  ['22004', 'the partition column of table public.k_uuid cannot be NULL', '04-rows'],
  ['22004', 'distribution value cannot be NULL for tables other than reference tables.', '04-rows'],
  ['0A000', 'modifying the partition value of rows is not allowed', '04-rows'],
  ['XX000', 'cannot execute ALTER TABLE command involving partition column', '07-keys'],
  ['XX000', 'cannot colocate tables sensors and notes', '06-joins'],
  ['P0001', 'tables crates and kinds are not co-located', '06-joins'],
  ['XX000', 'the query contains a join that requires repartitioning', '06-joins'],
  [
    '0A000',
    'complex joins are only supported when all distributed tables are co-located and joined on their distribution columns',
    '06-joins',
  ],
  [
    '0A000',
    'complex joins are only supported when all distributed tables are joined on their distribution columns with equal operator',
    '06-joins',
  ],
  [
    '0A000',
    'cannot create foreign key constraint since relations are not colocated or not referencing a reference table',
    '08-foreign-keys',
  ],
  [
    '0A000',
    'cannot create foreign key constraint since foreign keys from reference tables and local tables to distributed tables are not supported',
    '08-foreign-keys',
  ],
  ['42P16', 'referenced table "plans" must be a distributed table or a reference table', '08-foreign-keys'],
  ['XX000', 'operation is not allowed on this node', '01-cluster'],
  [
    '08006',
    'connection to the remote node postgres@worker-2:15402 failed with the following error: Connection refused',
    '12-copies',
  ],
  ['08006', 'could not establish any connections to the node worker-2:15402 after 2000 ms', '12-copies'],
  ['08001', 'could not connect to server "worker-2"', '12-copies'],
  ['22023', 'replication_factor (3) exceeds number of worker nodes (2)', '12-copies'],
  [
    'XX000',
    'cannot remove or disable the node worker-2:15402 because because it contains the only shard placement for shard 102009',
    '16-growing',
  ],
  [
    '0A000',
    "cannot use logical replication to transfer shards of the relation sensor_data since it doesn't have a REPLICA IDENTITY or PRIMARY KEY",
    '16-growing',
  ],
  ['25006', 'cannot execute INSERT in a read-only transaction', '13-standby'],
  ['25006', 'writing to worker nodes is not currently allowed', '13-standby'],
  ['25P02', 'current transaction is aborted, commands ignored until end of transaction block', undefined],
])('%s: %s', (sqlstate, message, lesson) => {
  expect(explainError(said(sqlstate, message))).toEqual({
    sentence: expect.stringMatching(/^[A-Z].*[.']$/),
    ...(lesson === undefined ? {} : { lesson }),
  });
});

test('the lesson is named to those in another lesson that comes with the program', () => {
  const explanation = explainError(said('42P16', 'table "t" is already distributed'))!;
  const shipped = readdirSync('lessons').flatMap((file) =>
    file.endsWith('.md') ? file.slice(0, -'.md'.length) : [],
  );
  const named = shipped.filter((current) => lessonToRead(explanation, current) === '02-shards');
  expect(named).toEqual(shipped.filter((current) => current !== '02-shards'));
  expect(lessonToRead(explanation, '01-orders')).toBeUndefined();
});

test('a column that does not exist is about the distribution column only in a call that names it', () => {
  const error = said('42703', 'column "devise_id" of relation "alarms" does not exist');
  expect(explainError(error)).toBeUndefined();
  expect(explainError(error, { sql: 'INSERT INTO alarms (devise_id) VALUES (1)' })).toBeUndefined();
  const sql = `SELECT create_distributed_table('alarms', 'devise_id')`;
  expect(explainError(error, { sql })).toMatchObject({ lesson: '03-distribution' });
});

test('a foreign key that is refused for another reason is not explained by this one', () => {
  const message = 'cannot create foreign key constraint';
  const cases =
    'Foreign keys are supported in two cases, either in between two colocated tables including partition column in the same ordinal in the both tables or from distributed to reference tables';
  expect(explainError(said('0A000', message, cases))).toMatchObject({ lesson: '08-foreign-keys' });
  const other =
    'SET NULL or SET DEFAULT is not supported in ON DELETE operation when distribution key is included';
  expect(explainError(said('0A000', message, other))).toBeUndefined();
});

test.each([
  ['42601', 'syntax error at or near "SELEC"'],
  ['42P01', 'relation "nosuch" does not exist'],
  ['23505', 'duplicate key value violates unique constraint "events_pkey_102008"'],
  ['P0001', 'current transaction is aborted'],
])('other errors explain themselves: %s %s', (sqlstate, message) => {
  expect(explainError(said(sqlstate, message))).toBeUndefined();
});
