import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { localClusters, testCluster } from '../../support/cluster.ts';
import { ask, clusterFolder, never, up } from '../../support/servers.ts';

test('statements that fail or warn do not fill the log, and a long log is put aside at the next start', async () => {
  const { stateDir, ...cluster } = await testCluster({ workers: 1 });
  const log = join(clusterFolder(stateDir), 'coordinator', 'server.log');
  const { size } = await stat(log);
  await ask(cluster, 'coordinator', `DO $$ BEGIN FOR i IN 1..1000 LOOP RAISE WARNING 'w'; END LOOP; END $$`);
  await expect(ask(cluster, 'coordinator', 'SELECT nonsense')).rejects.toThrow('nonsense');
  // The server may still write that it has started or read its settings; nothing of the statements.
  const added = (await readFile(log, 'utf8')).slice(size);
  expect(added).not.toMatch(/WARNING|ERROR|STATEMENT|nonsense/);
  expect(added.length).toBeLessThan(1_000);

  await localClusters(stateDir).down('default', { purge: false, signal: never });
  await writeFile(log, 'old', { flag: 'a' });
  await truncate(log, 1_100_000);
  await up(stateDir);
  expect((await stat(log)).size).toBeLessThan(10_000);
  expect(await readFile(`${log}.old`, 'utf8')).toContain('old');
});
