// What no login can undo: a reset says so, and single-user mode lets it in again.
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { withClient } from '../../../runner/cluster/connect/client.ts';
import { findBinaries } from '../../../runner/cluster/drivers/local/binaries.ts';
import { runProgram } from '../../../runner/cluster/drivers/local/program.ts';
import { BeyondReset } from '../../../runner/cluster/reset/beyond-reset.ts';
import {
  singleUserDatabases,
  singleUserRepair,
  singleUserSettings,
} from '../../../runner/cluster/reset/single-user.ts';
import { openStateFolder } from '../../../runner/system/state-folder.ts';
import { type TestCluster, testCluster } from '../../support/cluster.ts';
import { ask, clusterFolder, never } from '../../support/servers.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster({ workers: 1 });
});

async function repair(node: string): Promise<void> {
  const home = await openStateFolder(cluster.stateDir);
  const { postgres } = await findBinaries(home);
  const { password } = await cluster.address(node);
  const settings = singleUserSettings.flatMap((set) => ['-c', set]);
  const data = join(clusterFolder(cluster.stateDir), node, 'data');
  await cluster.servers!.stop(node, never);
  for (const database of singleUserDatabases) {
    const { exitCode, output } = await runProgram(
      postgres,
      ['--single', '-D', data, ...settings, '-c', 'exit_on_error=on', database],
      { owner: home.owner, signal: never, timeoutMs: 60_000, input: singleUserRepair(password) },
    );
    if (exitCode === 0) break;
    if (database === singleUserDatabases.at(-1)) throw new Error(output);
  }
  await cluster.servers!.start(node, never).catch(() => {});
}

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
  const failure = await cluster.reset({ signal: never }).catch((error) => error);
  expect(failure).toBeInstanceOf(BeyondReset);
  expect(failure.message).toMatch(/^the cluster could not be put back to its start: ./);
  await repair('worker-1');
  await cluster.reset({ signal: never });
  expect(
    await ask(cluster, 'worker-1', `SELECT oid::int, rolname FROM pg_roles WHERE oid = 10 OR oid >= 16384`),
  ).toEqual([[10, 'postgres']]);
  expect(await ask(cluster, 'coordinator', 'SELECT count(*)::int FROM pg_dist_node')).toEqual([[2]]);
});
