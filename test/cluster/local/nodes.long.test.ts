// `lesson node` on servers that are up, down, killed, paused, added or unknown; and what a reset makes of it.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findChildren } from '../../../runner/cluster/drivers/local/leftover-processes.ts';
import { isAlive, isPaused } from '../../../runner/system/processes.ts';
import { localClusters, type TestCluster, testCluster } from '../../support/cluster.ts';
import {
  ask,
  clusterFolder,
  never,
  occupy,
  pids,
  readRecord,
  statesOf,
  up,
  writeRecord,
} from '../../support/servers.ts';

const base = { coordinator: 'up', 'worker-1': 'up', 'worker-2': 'up' };

let cluster: TestCluster;
let verbs: NonNullable<TestCluster['servers']>;
beforeAll(async () => {
  cluster = await testCluster();
  verbs = cluster.servers!;
  await cluster.reset({ signal: never });
});
/** Whatever a test has left: a lesson starts from the base. */
afterEach(async () => {
  await cluster.reset({ signal: never });
  expect(await statesOf(cluster)).toEqual(base);
  expect(await readdir(clusterFolder(cluster.stateDir))).toEqual(
    expect.arrayContaining(['coordinator', 'worker-1', 'worker-2']),
  );
  expect(await ask(cluster, 'coordinator', 'SELECT nodename FROM pg_dist_node ORDER BY nodeid')).toEqual([
    ['coordinator'],
    ['worker-1'],
    ['worker-2'],
  ]);
});

const distribute = async () => {
  await ask(cluster, 'coordinator', 'CREATE TABLE t (a int)');
  await ask(cluster, 'coordinator', `SELECT create_distributed_table('t', 'a', shard_count := 4)`);
  await ask(cluster, 'coordinator', 'INSERT INTO t SELECT generate_series(1, 100)');
};
const answers = (node: string) => ask(cluster, node, 'SELECT 1');
const data = (node: string) => join(clusterFolder(cluster.stateDir), node, 'data');
const stateOf = async (node: string) => (await statesOf(cluster))[node];

describe('stop', () => {
  test('ends the server in order, whether it is up, down or paused', async () => {
    await verbs.stop('worker-1', never);
    expect(await stateOf('worker-1')).toBe('down');
    await verbs.stop('worker-1', never);
    await verbs.pause('worker-2', never);
    await verbs.stop('worker-2', never);
    expect(await stateOf('worker-2')).toBe('down');
    expect(await cluster.log('worker-2', 3)).toEqual(
      expect.arrayContaining([expect.stringContaining('database system is shut down')]),
    );
  });

  test('of a server that was killed changes nothing', async () => {
    await verbs.kill('worker-1', never);
    await verbs.stop('worker-1', never);
    expect(await stateOf('worker-1')).toBe('down');
  });
});

describe('start', () => {
  test.each(['stop', 'kill', 'pause'] as const)(
    'brings back a server after %s, with its data',
    async (verb) => {
      await ask(cluster, 'worker-1', 'CREATE TABLE kept ()');
      await verbs[verb]('worker-1', never);
      await verbs.start('worker-1', never);
      await ask(cluster, 'worker-1', 'SELECT FROM kept');
    },
  );

  test('of a server that is up changes nothing', async () => {
    const before = await pids(cluster);
    await verbs.start('worker-1', never);
    expect(await pids(cluster)).toEqual(before);
  });

  test('moves to another port where its own is taken, and everybody knows', async () => {
    await distribute();
    await verbs.stop('worker-1', never);
    const release = await occupy((await cluster.address('worker-1')).port);
    try {
      await verbs.start('worker-1', never);
      await answers('worker-1');
      expect(await ask(cluster, 'coordinator', 'SELECT count(*)::int FROM t')).toEqual([[100]]);
    } finally {
      await release();
    }
  });

  test('of the coordinator tells it what moved while it was down', async () => {
    await distribute();
    await verbs.stop('worker-1', never);
    await verbs.kill('coordinator', never);
    const release = await occupy((await cluster.address('worker-1')).port);
    try {
      await verbs.start('worker-1', never);
      await verbs.start('coordinator', never);
      expect(await ask(cluster, 'coordinator', 'SELECT count(*)::int FROM t')).toEqual([[100]]);
    } finally {
      await release();
    }
  });
});

describe('kill', () => {
  test('ends all processes of the server at once, and twice is as good as once', async () => {
    const [, worker] = await pids(cluster);
    const children = await findChildren(data('worker-1'));
    expect(children.length).toBeGreaterThan(3);
    await verbs.kill('worker-1', never);
    await verbs.kill('worker-1', never);
    for (const pid of [worker!, ...children]) expect(await isAlive(pid)).toBe(false);
    await expect(answers('worker-1')).rejects.toThrow('ECONNREFUSED');
  });

  test('ends a server that is paused', async () => {
    const [, worker] = await pids(cluster);
    await verbs.pause('worker-1', never);
    await verbs.kill('worker-1', never);
    expect(await isAlive(worker!)).toBe(false);
    expect(await stateOf('worker-1')).toBe('down');
  });
});

describe('pause', () => {
  test('holds all processes of the server, until it is resumed', async () => {
    const [, worker] = await pids(cluster);
    await verbs.pause('worker-1', never);
    await verbs.pause('worker-1', never);
    expect(await stateOf('worker-1')).toBe('paused');
    for (const pid of [worker!, ...(await findChildren(data('worker-1')))]) {
      expect(await isPaused(pid)).toBe(true);
    }
    await verbs.resume('worker-1', never);
    await verbs.resume('worker-1', never);
    expect(await stateOf('worker-1')).toBe('up');
    await answers('worker-1');
  });

  test('of a server that is down is refused, to resume one changes nothing', async () => {
    await verbs.stop('worker-1', never);
    await expect(verbs.pause('worker-1', never)).rejects.toThrow(
      'worker-1 is down: there is nothing to pause',
    );
    await verbs.resume('worker-1', never);
    expect(await stateOf('worker-1')).toBe('down');
  });

  test('of one node is not in the way of the others', async () => {
    await verbs.pause('worker-1', never);
    await verbs.standby(
      { name: 'spare', of: 'coordinator', synchronous: false, delayMs: 0, slot: false },
      never,
    );
    await verbs.remove('spare', never);
    expect(await stateOf('worker-1')).toBe('paused');
  });
});

describe('add', () => {
  test('starts a worker and registers it, once', async () => {
    await verbs.add('worker-3', never);
    await verbs.add('worker-3', never);
    expect(
      await ask(cluster, 'coordinator', 'SELECT node_name FROM citus_get_active_worker_nodes()'),
    ).toEqual([['worker-1'], ['worker-2'], ['worker-3']]);
    await distribute();
    expect(
      await ask(cluster, 'coordinator', 'SELECT DISTINCT nodename FROM citus_shards ORDER BY 1'),
    ).toHaveLength(3);
  });

  test('of a worker that is down, or was removed from the metadata, makes it a worker again', async () => {
    await verbs.add('worker-3', never);
    await ask(cluster, 'coordinator', `SELECT citus_remove_node('worker-3', 5432)`);
    await verbs.kill('worker-3', never);
    await verbs.add('worker-3', never);
    expect(await stateOf('worker-3')).toBe('up');
    expect(await ask(cluster, 'coordinator', 'SELECT count(*)::int FROM pg_dist_node')).toEqual([[4]]);
  });

  test('without a coordinator is refused, and leaves no server', async () => {
    await verbs.kill('coordinator', never);
    await expect(verbs.add('worker-3', never)).rejects.toThrow('coordinator is down');
    expect(await readdir(clusterFolder(cluster.stateDir))).not.toContain('worker-3');
  });

  test.each(['engine', 'pgpass', 'Worker', '', '../x', 'a'.repeat(41)])(
    'refuses the name "%s"',
    async (name) => {
      await expect(verbs.add(name, never)).rejects.toThrow(`"${name}" is not a valid name for a node`);
    },
  );

  test('of a node with a long name, in a cluster with a long name, has processes that are found', async () => {
    const name = 'n'.repeat(40);
    await verbs.add(name, never);
    expect((await findChildren(data(name))).length).toBeGreaterThan(3);
  });
});

describe('remove', () => {
  test('takes the server and the metadata', async () => {
    await verbs.add('worker-3', never);
    await verbs.remove('worker-3', never);
    expect(await statesOf(cluster)).toEqual(base);
    expect(await ask(cluster, 'coordinator', 'SELECT count(*)::int FROM pg_dist_node')).toEqual([[3]]);
    await expect(verbs.remove('worker-3', never)).rejects.toThrow('unknown node "worker-3"');
  });

  test('of a worker with shards is refused in the words of Citus', async () => {
    await distribute();
    const failure = await verbs.remove('worker-2', never).catch((error) => error);
    expect(failure.message).toMatch(
      /^worker-2 cannot be removed: cannot remove or disable the node worker-2/,
    );
    expect(failure.hint).toContain('citus_drain_node');
    expect(await stateOf('worker-2')).toBe('up');
  });

  test('of a worker that is down is no other thing, of one that is paused is refused', async () => {
    await verbs.kill('worker-2', never);
    await verbs.remove('worker-2', never);
    expect(await statesOf(cluster)).toEqual({ coordinator: 'up', 'worker-1': 'up' });
    await verbs.add('worker-2', never);
    await verbs.pause('worker-2', never);
    await expect(verbs.remove('worker-2', never)).rejects.toThrow('worker-2 is paused');
  });

  test('of a worker with which lessons start is for this lesson only', async () => {
    await verbs.remove('worker-1', never);
    expect((await up(cluster.stateDir)).messages).toEqual([]);
    expect(await statesOf(cluster)).toEqual({ coordinator: 'up', 'worker-2': 'up' });
  });

  test('of the coordinator is refused', async () => {
    await expect(verbs.remove('coordinator', never)).rejects.toThrow('it is the coordinator');
  });

  test('without the coordinator is refused', async () => {
    await verbs.pause('coordinator', never);
    await expect(verbs.remove('worker-1', never)).rejects.toThrow('coordinator is paused');
  });
});

test.each(['start', 'stop', 'kill', 'pause', 'resume', 'remove', 'promote'] as const)(
  '%s of an unknown node names those that there are',
  async (verb) => {
    await expect(verbs[verb]('worker-9', never)).rejects.toThrow(
      'unknown node "worker-9" in the cluster "default"; known: coordinator, worker-1, worker-2',
    );
  },
);

test('a verb that is interrupted ends with the reason', async () => {
  await expect(verbs.start('worker-1', AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});

test('two verbs at once come one after the other', async () => {
  await Promise.all([
    verbs.stop('worker-1', never),
    verbs.add('worker-3', never),
    verbs.kill('worker-2', never),
    verbs.add('worker-4', never),
  ]);
  expect(await statesOf(cluster)).toEqual({
    coordinator: 'up',
    'worker-1': 'down',
    'worker-2': 'down',
    'worker-3': 'up',
    'worker-4': 'up',
  });
});

test('a reset ends a disabled worker, and slots that were made by hand', async () => {
  await ask(cluster, 'coordinator', `SELECT citus_disable_node('worker-2', 5432)`);
  await ask(cluster, 'worker-1', `SELECT pg_create_physical_replication_slot('mine')`);
  await cluster.reset({ signal: never });
  expect(await ask(cluster, 'worker-1', 'SELECT count(*)::int FROM pg_replication_slots')).toEqual([[0]]);
  expect(await ask(cluster, 'coordinator', 'SELECT bool_and(isactive) FROM pg_dist_node')).toEqual([[true]]);
  await ask(cluster, 'worker-1', `SELECT pg_create_physical_replication_slot('mine')`);
  await cluster.reset({ signal: never });
  expect(await ask(cluster, 'worker-1', 'SELECT count(*)::int FROM pg_replication_slots')).toEqual([[0]]);
});

test('up heals what was stopped, killed and paused', async () => {
  await verbs.pause('worker-1', never);
  await verbs.kill('worker-2', never);
  await verbs.stop('coordinator', never);
  const { messages } = await up(cluster.stateDir);
  expect(messages).toEqual([
    'worker-1 was paused. It was resumed.',
    'worker-2 had been killed. It was restarted.',
    'Started coordinator, which was not running.',
  ]);
  expect(await statesOf(cluster)).toEqual(base);
});

test('down stops servers that are paused or added, and up brings them back', async () => {
  await verbs.add('worker-3', never);
  await verbs.pause('worker-3', never);
  await verbs.pause('worker-1', never);
  const running = await pids(cluster);
  const options = { stateDir: cluster.stateDir, signal: never };
  const { stopped } = await localClusters(options.stateDir).down('default', { ...options, purge: false });
  expect(stopped).toHaveLength(4);
  for (const pid of running) expect(await isAlive(pid)).toBe(false);
  await up(cluster.stateDir);
  expect(await statesOf(cluster)).toEqual({ ...base, 'worker-3': 'up' });
});

describe('a command that was killed', () => {
  test('while it added a worker has left nothing that stays', async () => {
    await verbs.add('worker-3', never);
    const [, , , stray] = await pids(cluster);
    const record = await readRecord(cluster.stateDir);
    record.nodes.pop(); // as it was before
    await writeRecord(cluster.stateDir, record);
    await verbs.stop('worker-1', never);
    expect(await isAlive(stray!)).toBe(false);
    expect(await readdir(clusterFolder(cluster.stateDir))).not.toContain('worker-3');
  });

  test('while it removed a base worker does not cost the cluster', async () => {
    const record = await readRecord(cluster.stateDir);
    const [, , stray] = await pids(cluster);
    record.nodes.pop(); // the server was about to go
    await writeRecord(cluster.stateDir, record);
    expect((await up(cluster.stateDir)).cluster.fresh).toBe(false);
    await cluster.reset({ signal: never });
    expect(await isAlive(stray!)).toBe(false);
  });

  test('while it paused a server leaves one that can be resumed', async () => {
    const [, worker] = await pids(cluster);
    process.kill(worker!, 'SIGSTOP'); // the first of its processes
    await verbs.resume('worker-1', never);
    await answers('worker-1');
  });
});
