import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../../runner/errors.ts';
import { emptyStateFolder, stateFolder } from '../../support/cluster.ts';
import { ask, clusterFolder, pids, up } from '../../support/servers.ts';

test('a cluster comes up from nothing, with the engine and the workers registered', async () => {
  const stateDir = await emptyStateFolder();
  const { cluster, messages } = await up(stateDir);
  expect(messages).toEqual(['Creating the cluster "default": a coordinator and 2 workers.']);
  expect(cluster.fresh).toBe(true);
  const nodes = await cluster.nodes();
  expect(nodes.map(({ name, role, state }) => [name, role, state])).toEqual([
    ['coordinator', 'coordinator', 'up'],
    ['worker-1', 'worker', 'up'],
    ['worker-2', 'worker', 'up'],
  ]);
  expect(new Set(nodes.map(({ address }) => address.port)).size).toBe(3);
  expect(await ask(cluster, 'coordinator', 'SELECT nodename, nodeport FROM pg_dist_node ORDER BY 1')).toEqual(
    [
      ['coordinator', 5432],
      ['worker-1', 5432],
      ['worker-2', 5432],
    ],
  );
  await expect(cluster.address('worker-9')).rejects.toThrow(
    'unknown node "worker-9" in the cluster "default"; known: coordinator, worker-1, worker-2',
  );
});

test('a cluster that is up is found again, and more workers are added to it', async () => {
  const stateDir = await stateFolder();
  const first = await up(stateDir, { workers: 1 });
  await ask(first.cluster, 'coordinator', 'CREATE TABLE kept ()');
  const servers = await pids(first.cluster);
  const again = await up(stateDir);
  expect(again.messages).toEqual([]);
  expect(again.cluster.fresh).toBe(false);
  expect(await pids(again.cluster)).toEqual(servers);

  const more = await up(stateDir, { workers: 3 });
  expect(more.messages).toEqual(['Adding worker-2, worker-3 to the cluster "default".']);
  expect((await pids(more.cluster)).slice(0, 2)).toEqual(servers);
  expect(await ask(more.cluster, 'coordinator', 'SELECT citus_get_active_worker_nodes()::text')).toEqual([
    ['(worker-1,5432)'],
    ['(worker-2,5432)'],
    ['(worker-3,5432)'],
  ]);
  await ask(more.cluster, 'coordinator', 'SELECT FROM kept');
});

test('clusters of two names, and two commands that want the same one, do not meet', async () => {
  const stateDir = await stateFolder();
  const [a, b, c] = await Promise.all([
    up(stateDir, { name: 'one', workers: 1 }),
    up(stateDir, { name: 'two', workers: 1 }),
    up(stateDir, { name: 'two', workers: 1 }),
  ]);
  expect(await pids(b.cluster)).toEqual(await pids(c.cluster));
  expect(new Set([...(await pids(a.cluster)), ...(await pids(b.cluster))]).size).toBe(4);
  expect([...b.messages, ...c.messages]).toHaveLength(1);
  expect([b.cluster.fresh, c.cluster.fresh].filter(Boolean)).toHaveLength(1);
});

test('a cluster that is stopped while it is made leaves nothing behind', async () => {
  const stateDir = await stateFolder();
  const interrupt = new AbortController();
  const reason = new Error('interrupted');
  const coming = up(stateDir, { report: () => interrupt.abort(reason), signal: interrupt.signal });
  await expect(coming).rejects.toBe(reason);
  await expect(stat(clusterFolder(stateDir))).rejects.toThrow('ENOENT');
  expect(await readdir(join(stateDir, 'locks'))).toEqual([]);
});

test('a state folder that cannot be used is refused with its path', async () => {
  const dir = join(await emptyStateFolder(), '$HOME');
  const failure = up(dir);
  await expect(failure).rejects.toThrow(UserError);
  await expect(failure).rejects.toThrow(`could not store clusters in "${dir}"`);
  await expect(up('/dev/null/lesson')).rejects.toThrow(
    'could not store clusters in "/dev/null/lesson": ENOTDIR',
  );
  // Where no folder can be made at all, Node's own recursion would not end.
  if (process.platform === 'linux')
    await expect(up('/proc/lesson')).rejects.toThrow('could not store clusters in "/proc/lesson"');
});
