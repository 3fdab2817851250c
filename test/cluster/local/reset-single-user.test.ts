// What no login can undo: then a reset goes through single-user mode, and the cluster stays the one that it was.
import { beforeAll, expect, test } from 'vitest';
import { withClient } from '../../../runner/connect/client.ts';
import { type TestCluster, testCluster } from '../../support/cluster.ts';
import { ask, never, readRecord } from '../../support/servers.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster({ workers: 1 });
});

const shutOut: Readonly<Record<string, readonly string[]>> = {
  'another password': [`ALTER ROLE postgres PASSWORD 'other'`],
  'no login': ['ALTER ROLE postgres NOLOGIN'],
  'an end of its validity': [`ALTER ROLE postgres VALID UNTIL '2000-01-01'`],
  'another name': [
    'CREATE ROLE other SUPERUSER LOGIN',
    'SET SESSION AUTHORIZATION other',
    'ALTER ROLE postgres RENAME TO boss',
  ],
  'an impostor': [
    'CREATE ROLE other SUPERUSER LOGIN',
    'SET SESSION AUTHORIZATION other',
    'ALTER ROLE postgres RENAME TO boss',
    'CREATE ROLE postgres LOGIN SUPERUSER PASSWORD NULL',
    `UPDATE pg_authid SET rolpassword = (SELECT rolpassword FROM pg_authid WHERE oid = 10) WHERE rolname = 'postgres'`,
  ],
  'both databases closed': [
    'ALTER DATABASE template1 ALLOW_CONNECTIONS false',
    `UPDATE pg_database SET datallowconn = false WHERE datname = 'postgres'`,
  ],
};

test.for(Object.entries(shutOut))('single-user mode undoes %s', async ([, statements]) => {
  await withClient(await cluster.address('worker-1'), { signal: never }, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
  const { id } = await readRecord(cluster.stateDir);
  await cluster.reset({ signal: never });
  expect((await readRecord(cluster.stateDir)).id).toBe(id); // the same cluster, repaired
  expect(
    await ask(cluster, 'worker-1', `SELECT oid::int, rolname FROM pg_roles WHERE oid = 10 OR oid >= 16384`),
  ).toEqual([[10, 'postgres']]);
  expect(await ask(cluster, 'coordinator', 'SELECT count(*)::int FROM pg_dist_node')).toEqual([[2]]);
});
