import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive } from '../../../runner/system/processes.ts';
import { localClusters, testCluster } from '../../support/cluster.ts';
import { ask, clusterFolder, never, pids, up } from '../../support/servers.ts';

test('down stops the servers and keeps the data, purge keeps nothing', async () => {
  const { stateDir, ...cluster } = await testCluster();
  await ask(cluster, 'worker-2', 'CREATE TABLE kept ()');
  const options = { stateDir, signal: never };
  const servers = await pids(cluster);
  expect(await localClusters(options.stateDir).down('default', { ...options, purge: false })).toEqual({
    stopped: ['coordinator', 'worker-1', 'worker-2'],
  });
  for (const pid of servers) expect(await isAlive(pid)).toBe(false);
  expect(await localClusters(options.stateDir).down('default', { ...options, purge: false })).toEqual({
    stopped: [],
  });

  const { messages } = await up(stateDir);
  expect(messages).toEqual(['Started the 3 servers of the cluster.']);
  await ask(cluster, 'worker-2', 'SELECT FROM kept');

  await localClusters(options.stateDir).down('default', { ...options, purge: true });
  expect(await readdir(join(stateDir, 'clusters'))).toEqual([]);
  await expect(localClusters(options.stateDir).down('default', { ...options, purge: true })).rejects.toThrow(
    'there is no cluster "default"',
  );
  await expect(localClusters(stateDir).find('default')).rejects.toThrow('there is no cluster "default"');
});

test('a broken cluster is listed with its servers, stopped, and removed', async () => {
  const { stateDir, ...cluster } = await testCluster({ name: 'broken', workers: 1 });
  const servers = await pids(cluster);
  await rm(join(clusterFolder(stateDir, 'broken'), 'cluster.json'));
  const [status] = await localClusters(stateDir).list();
  expect(status).toMatchObject({ name: 'broken', condition: 'broken' });
  expect(status?.nodes.map(({ name, pid }) => [name, pid])).toEqual([
    ['coordinator', servers[0]],
    ['worker-1', servers[1]],
  ]);
  await localClusters(stateDir).down('broken', { purge: true, signal: never });
  for (const pid of servers) expect(await isAlive(pid)).toBe(false);
  await expect(stat(clusterFolder(stateDir, 'broken'))).rejects.toThrow('ENOENT');
});

test('a server that is paused is stopped all the same', async () => {
  const { stateDir, ...cluster } = await testCluster({ workers: 1 });
  const [, worker] = await pids(cluster);
  process.kill(worker!, 'SIGSTOP');
  await localClusters(stateDir).down('default', { purge: false, signal: never });
  expect(await isAlive(worker!)).toBe(false);
});

test('the list says who runs a lesson, since when clusters are there, and how large they are', async () => {
  const { stateDir, ...cluster } = await testCluster({ workers: 1 });
  const release = await cluster.holdRun('lesson run 01-try');
  const [status] = await localClusters(stateDir).list();
  expect(status).toMatchObject({
    name: 'default',
    condition: 'sound',
    holder: { pid: process.pid, what: 'lesson run 01-try' },
  });
  expect(status!.sizeBytes).toBeGreaterThan(40_000_000);
  expect(Date.now() - status!.createdAt!.getTime()).toBeLessThan(60_000);
  await release();
  expect((await localClusters(stateDir).list())[0]).not.toHaveProperty('holder');
});
