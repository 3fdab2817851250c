import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { isRoot } from '../../../runner/system/owner.ts';
import { type TestCluster, testCluster } from '../../support/cluster.ts';
import { ask, clusterFolder } from '../../support/servers.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster({ workers: 1 });
});

test('nobody else can enter a folder or read a file of a cluster', async () => {
  const dir = clusterFolder(cluster.stateDir);
  const { uid } = await stat(join(dir, 'coordinator', 'data', 'PG_VERSION'));
  expect(uid === 0).toBe(false);
  const paths = [dir, ...(await readdir(dir, { recursive: true })).map((path) => join(dir, path))];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined); // servers remove files as they go
    if (found) expect([path, found.mode & 0o077, found.uid]).toEqual([path, 0, uid]);
  }
  expect((await stat(dir)).mode & 0o777).toBe(0o700);
  expect((await stat(join(dir, 'cluster.json'))).mode & 0o777).toBe(0o600);
});

test.runIf(isRoot)('another user of the machine cannot read the password', async () => {
  const file = join(clusterFolder(cluster.stateDir), 'cluster.json');
  const reading = promisify(execFile)('cat', [file], { uid: 12_345, gid: 12_345 });
  await expect(reading).rejects.toThrow('Permission denied');
});

test('servers take the right password only, on loopback only, without a socket in the file system', async () => {
  const address = await cluster.address('worker-1');
  expect(address.password).toHaveLength(32);
  const wrong = new pg.Client({ ...address, password: 'wrong' });
  await expect(wrong.connect()).rejects.toThrow('password authentication failed');
  const none = new pg.Client({ ...address, password: '' });
  await expect(none.connect()).rejects.toThrow('password');
  expect(await ask(cluster, 'worker-1', 'SHOW listen_addresses')).toEqual([['127.0.0.1']]);
  expect(await ask(cluster, 'worker-1', 'SHOW unix_socket_directories')).toEqual([['']]);
  const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  for (const { address: host } of others.filter(({ internal, family }) => !internal && family === 'IPv4')) {
    await expect(new pg.Client({ ...address, host }).connect()).rejects.toThrow('ECONNREFUSED');
  }
});

test('each cluster has a password of its own', async () => {
  const other = await testCluster({ workers: 1 });
  expect((await other.address('worker-1')).password).not.toBe((await cluster.address('worker-1')).password);
});
