// A cluster that is one PostgreSQL server, by the rules of all others.
import { afterAll, beforeEach, expect, test } from 'vitest';
import { openCluster } from '../../../../runner/cluster/orchestration/cluster.ts';
import type { Ground } from '../../../../runner/cluster/orchestration/site.ts';
import { upCluster } from '../../../../runner/cluster/orchestration/up.ts';
import type { Cluster } from '../../../../runner/cluster/port.ts';
import { FakeWorld, removeFolders } from './fake-world.ts';

const { signal } = new AbortController();
const name = 'default';

let world: FakeWorld;
let ground: Ground;
let cluster: Cluster;

const up = (workers?: number) =>
  upCluster(ground, { name, report: ground.report!, signal, ...(workers && { workers }) });

beforeEach(async () => {
  world = new FakeWorld();
  const sharded = await world.ground();
  ground = { ...sharded, driver: { ...sharded.driver, kind: 'postgres', hasWorkers: false } };
  await up();
  cluster = openCluster(ground, name);
});

afterAll(removeFolders);

test('it is made with one node, where blocks run that name none', async () => {
  expect(world.messages).toEqual(['Creating the cluster "default": one PostgreSQL server.']);
  expect(await cluster.nodes()).toMatchObject([{ name: 'postgres', role: 'primary', state: 'up' }]);
  expect(await cluster.address('coordinator')).toEqual(await cluster.address('postgres'));
});

test('it gets no workers, and says so', async () => {
  await up(3);
  expect(world.messages.at(-1)).toBe('A cluster of kind postgres is one server: it has no workers.');
  await expect(cluster.servers!.add('worker-1', signal)).rejects.toThrow('it has no workers');
  expect([...world.servers.keys()]).toEqual(['postgres']);
});

test('a standby takes its place, and a reset undoes that', async () => {
  const standby = { name: 'second', of: 'postgres', synchronous: false, delayMs: 0, slot: false };
  await cluster.servers!.standby(standby, signal);
  await cluster.servers!.kill('postgres', signal);
  await cluster.servers!.promote('second', signal);
  expect(await cluster.address('coordinator')).toEqual(await cluster.address('second'));
  await cluster.reset({ signal });
  expect(await cluster.nodes()).toMatchObject([{ name: 'postgres', state: 'up' }]);
});
