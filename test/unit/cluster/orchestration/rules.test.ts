import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openCluster } from '../../../../runner/cluster/orchestration/cluster.ts';
import { downCluster } from '../../../../runner/cluster/orchestration/down.ts';
import { listClusters } from '../../../../runner/cluster/orchestration/list.ts';
import type { Ground } from '../../../../runner/cluster/orchestration/site.ts';
import { upCluster } from '../../../../runner/cluster/orchestration/up.ts';
import type { Cluster, Servers } from '../../../../runner/cluster/port.ts';
import { UserError } from '../../../../runner/errors.ts';
import { startMark } from '../../../../runner/system/processes.ts';
import { FakeWorld, Killed, removeFolders } from './fake-world.ts';

const { signal } = new AbortController();
const name = 'default';
const standbyOf = (of: string, as = `${of}-standby`) => ({
  ...{ name: as, of, synchronous: false, delayMs: 0, slot: false },
});

let world: FakeWorld;
let ground: Ground;
let cluster: Cluster;
let verbs: Servers;

const up = (workers?: number) =>
  upCluster(ground, { name, report: ground.report!, signal, ...(workers && { workers }) });
const reset = () => cluster.reset({ signal });
const states = () => Object.fromEntries([...world.servers].map(([node, { state }]) => [node, state]));
const recordFile = () => join(ground.state.dir, 'clusters', name, 'cluster.json');

beforeEach(async () => {
  world = new FakeWorld();
  ground = await world.ground();
  await up();
  cluster = openCluster(ground, name);
  verbs = cluster.servers!;
  world.messages.length = 0;
});

afterAll(removeFolders);

const base = { coordinator: 'up', 'worker-1': 'up', 'worker-2': 'up' };

describe('up', () => {
  test('makes a cluster once, and finds it again without a step', async () => {
    expect(states()).toEqual(base);
    expect([...world.server('coordinator').workers]).toEqual(['worker-1', 'worker-2']);
    world.steps.length = 0;
    expect(await up()).toBe(false);
    expect(world.steps).toEqual([]);
  });

  test('starts what does not run, and says what it was', async () => {
    await verbs.kill('worker-1', signal);
    await verbs.pause('worker-2', signal);
    await verbs.stop('coordinator', signal);
    await up();
    expect(states()).toEqual(base);
    expect(world.messages).toEqual([
      'worker-1 had been killed. It was restarted.',
      'worker-2 was paused. It was resumed.',
      'Started coordinator, which was not running.',
    ]);
  });

  test('adds the workers that are missing, and no more', async () => {
    await up(3);
    expect([...world.server('coordinator').workers]).toEqual(['worker-1', 'worker-2', 'worker-3']);
    await up(1);
    expect(world.servers.size).toBe(4);
  });

  test.each([
    ['crashed', 'may have been corrupted when the machine crashed'],
    ['empty', 'has lost the data of worker-1'],
  ] as const)('replaces a cluster with a machine that is %s', async (state, why) => {
    world.server('worker-1').state = state;
    expect(await up()).toBe(true);
    expect(world.messages[0]).toBe(`The cluster "default" ${why}. Replacing it with a new one.`);
    expect(states()).toEqual(base);
  });

  test('replaces what another version made', async () => {
    world.blueprint = 'two';
    expect(await up()).toBe(true);
    expect(world.messages[0]).toContain('was created by another version (one)');
  });

  test('asks whoever can be asked before that, and leaves it where the answer is no', async () => {
    world.blueprint = 'two';
    const questions: string[] = [];
    const upAsking = (answer: boolean) =>
      upCluster(ground, {
        name: 'default',
        report: () => {},
        signal,
        async confirm(question) {
          questions.push(question);
          return answer;
        },
      });
    const before = world.server('worker-1').generation;
    await expect(upAsking(false)).rejects.toThrow('the cluster "default" was left as it is');
    expect(world.server('worker-1').generation).toBe(before);
    expect(await upAsking(true)).toBe(true);
    expect(questions.map((question) => question.replace(/ \(.*?\)/, ''))).toEqual(
      Array(2).fill(
        'The cluster "default" was created by another version. Replace it with a new one? Its tables are lost.',
      ),
    );
    expect(await upAsking(false)).toBe(false);
  });

  test.each(['', '{', '[]', 'null', '{"nodes": [{}]}'])(
    'finds a cluster again whose record is damaged: %s',
    async (text) => {
      await verbs.standby(standbyOf('worker-1'), signal);
      const record = await readFile(recordFile(), 'utf8');
      await writeFile(recordFile(), text);
      expect(await up()).toBe(false);
      expect(await readFile(recordFile(), 'utf8')).toBe(record);
      expect(world.messages).toEqual([]);
    },
  );

  test('replaces a cluster of which no record can be read', async () => {
    await writeFile(recordFile(), '{');
    await writeFile(join(recordFile(), '..', 'cluster-copy.json'), '{');
    expect(await up()).toBe(true);
    expect(states()).toEqual(base);
  });

  test.each(['settings', 'login'] as const)(
    'repairs what keeps a server from its work: %s',
    async (fault) => {
      const { generation } = world.server('worker-1');
      world.server('worker-1').fault = fault;
      world.server('worker-1').state = fault === 'login' ? 'up' : 'stopped';
      expect(await up()).toBe(false);
      expect(world.messages.at(-1)).toMatch(/^The servers of the cluster "default" were repaired: worker-1 /);
      expect(world.server('worker-1').generation).toBe(generation);
    },
  );

  test('does not repair under the feet of another command that runs a lesson', async () => {
    const mark = await startMark(process.ppid);
    await writeFile(join(ground.state.dir, 'locks', `run.default.${process.ppid}.${mark}.0`), '');
    Object.assign(world.server('worker-1'), { fault: 'login' });
    await expect(up()).rejects.toThrow('the cluster is in use');
    expect(world.server('worker-1').fault).toBe('login');
  });

  test('replaces a cluster that cannot be repaired', async () => {
    Object.assign(world.server('worker-1'), { fault: 'data', state: 'stopped' });
    expect(await up()).toBe(true);
    expect(world.messages.at(-1)).toContain(
      'The cluster "default" cannot be repaired (worker-1 did not start)',
    );
    expect(states()).toEqual(base);
  });

  test('repairs the servers that are no standbys, where there are any', async () => {
    await verbs.standby(standbyOf('worker-1'), signal);
    world.server('worker-1').fault = 'login';
    expect(await up()).toBe(false);
    expect(world.messages.at(-1)).toContain('were repaired: worker-1 ');
    expect(world.steps).not.toContain('single-user worker-1-standby');
  });

  test('does not replace a cluster for which there is not enough memory', async () => {
    const { generation } = world.server('worker-1');
    Object.assign(world.server('worker-1'), { fault: 'memory', state: 'stopped' });
    await expect(up()).rejects.toThrow('worker-1 ran out of memory');
    expect(world.server('worker-1').generation).toBe(generation);
  });

  test('tries once to make a cluster whose servers do not start', async () => {
    await downCluster(ground, name, { purge: true, signal });
    world.faultOfNew = 'data';
    world.steps.length = 0;
    await expect(up()).rejects.toThrow('coordinator did not start');
    expect(world.steps.filter((step) => step === 'create coordinator')).toHaveLength(1);
  });

  test('resets a cluster without its database, and creates an extension that is missing', async () => {
    world.server('worker-2').database = 'no database';
    expect(await up()).toBe(true);
    expect(world.messages).toEqual([
      'The database "postgres" was missing on worker-2. Resetting the cluster.',
    ]);
    world.server('coordinator').database = 'no extension';
    expect(await up()).toBe(false);
    expect(world.server('coordinator').database).toBe('sound');
  });

  test('does not touch machines of a cluster that is not recorded here', async () => {
    const stray = world.server('coordinator');
    await downCluster(ground, name, { purge: true, signal });
    world.servers.set('coordinator', stray);
    await expect(up()).rejects.toThrow('a cluster "default" already exists, but its password is not known');
  });
});

describe('nodes', () => {
  test('that have a follower, or do the coordinator’s work, are not removed', async () => {
    await verbs.standby(standbyOf('worker-1'), signal);
    await expect(verbs.remove('worker-1', signal)).rejects.toThrow('worker-1-standby follows it');
    await expect(verbs.remove('coordinator', signal)).rejects.toThrow('it is the coordinator');
    await verbs.remove('worker-1-standby', signal);
    await verbs.remove('worker-1', signal);
    expect([...world.server('coordinator').workers]).toEqual(['worker-2']);
  });

  test('that are paused, or whose coordinator is down, are not removed', async () => {
    await verbs.pause('worker-1', signal);
    await expect(verbs.remove('worker-1', signal)).rejects.toThrow('worker-1 is paused');
    await verbs.stop('coordinator', signal);
    await expect(verbs.remove('worker-2', signal)).rejects.toThrow('coordinator is down');
    await expect(verbs.add('worker-3', signal)).rejects.toThrow('coordinator is down');
  });

  test('that belong to nobody go with the next verb', async () => {
    await verbs.add('worker-3', signal);
    const record = JSON.parse(await readFile(recordFile(), 'utf8'));
    await writeFile(recordFile(), JSON.stringify({ ...record, nodes: record.nodes.slice(0, 3) }));
    await verbs.stop('worker-1', signal);
    expect([...world.servers.keys()]).not.toContain('worker-3');
  });
});

describe('a standby', () => {
  test('is not made of itself, of a standby, or of what is down', async () => {
    await verbs.standby(standbyOf('worker-1'), signal);
    await expect(verbs.standby(standbyOf('worker-1', 'worker-1'), signal)).rejects.toThrow(
      'cannot follow itself',
    );
    await expect(verbs.standby(standbyOf('worker-1-standby'), signal)).rejects.toThrow('is itself a standby');
    await verbs.stop('worker-2', signal);
    await expect(verbs.standby(standbyOf('worker-2'), signal)).rejects.toThrow('worker-2 is down');
  });

  test('does not take the place of a node with data of its own, running or not', async () => {
    const { generation } = world.server('worker-2');
    for (const stop of [async () => {}, () => verbs.stop('worker-2', signal)]) {
      await stop();
      await expect(verbs.standby(standbyOf('worker-1', 'worker-2'), signal)).rejects.toThrow(
        'data of its own',
      );
    }
    expect(world.server('worker-2').generation).toBe(generation);
  });

  test('is not promoted beside a primary that is up', async () => {
    await verbs.standby(standbyOf('worker-1'), signal);
    await expect(verbs.promote('worker-1-standby', signal)).rejects.toThrow('both would accept writes');
    expect(world.server('worker-1-standby').isStandby).toBe(true);
  });

  test('that was promoted keeps its old primary down until that follows', async () => {
    await verbs.standby(standbyOf('worker-1'), signal);
    await verbs.kill('worker-1', signal);
    await verbs.promote('worker-1-standby', signal);
    await expect(verbs.start('worker-1', signal)).rejects.toThrow('was promoted in place of worker-1');
    await up();
    expect(world.server('worker-1').state).toBe('killed');
    await verbs.standby(standbyOf('worker-1-standby', 'worker-1'), signal);
    expect(world.server('worker-1')).toMatchObject({ state: 'up', isStandby: true, data: 'worker-1' });
  });

  test('of the coordinator is promoted also where its commits have to wait', async () => {
    await verbs.standby(standbyOf('coordinator'), signal);
    await verbs.kill('coordinator', signal);
    world.commitsWait = true;
    await verbs.promote('coordinator-standby', signal);
    expect(await cluster.nodes()).toContainEqual(
      expect.objectContaining({ name: 'coordinator', replacedBy: 'coordinator-standby' }),
    );
  });

  test('that was promoted by hand counts as promoted', async () => {
    await verbs.standby(standbyOf('worker-1'), signal);
    await verbs.kill('worker-1', signal);
    world.server('worker-1-standby').isStandby = false;
    expect(await cluster.nodes()).toContainEqual(
      expect.objectContaining({ name: 'worker-1', replacedBy: 'worker-1-standby' }),
    );
    await expect(verbs.start('worker-1', signal)).rejects.toThrow('was promoted in place');
  });

  test('is waited for, and kept the log for, as long as it is there', async () => {
    const wanted = { ...standbyOf('worker-1'), synchronous: true, slot: true };
    await verbs.standby(wanted, signal);
    const { settings, slots } = world.server('worker-1');
    expect(settings.synchronous_standby_names).toBe('FIRST 1 ("worker-1-standby")');
    expect([...slots]).toEqual(['worker-1-standby']);
    await verbs.remove('worker-1-standby', signal);
    expect(world.server('worker-1').settings).toEqual({});
    expect(world.server('worker-1').slots.size).toBe(0);
  });

  test('follows its primary to another port', async () => {
    await verbs.standby(standbyOf('worker-1'), signal);
    await verbs.stop('worker-1', signal);
    world.server('worker-1').port = 30_000;
    await verbs.start('worker-1', signal);
    expect(world.server('worker-1-standby').settings.primary_conninfo).toContain('port=30000');
  });
});

test('a reset brings back the servers with which lessons start', async () => {
  const before = [...world.servers.values()].map(({ generation }) => generation);
  await verbs.add('worker-3', signal);
  await verbs.standby(standbyOf('worker-1'), signal);
  await verbs.kill('worker-1', signal);
  await verbs.promote('worker-1-standby', signal);
  await verbs.pause('worker-2', signal);
  await reset();
  expect(states()).toEqual(base);
  expect([...world.servers.values()].map(({ generation }) => generation)).toEqual(before);
  expect((await cluster.nodes()).some(({ replacedBy }) => replacedBy !== undefined)).toBe(false);
});

test('clusters are listed, whole and broken', async () => {
  expect(await listClusters(ground)).toMatchObject([{ condition: 'sound', name: 'default' }]);
  world.blueprint = 'two';
  expect(await listClusters(ground)).toMatchObject([{ condition: 'outdated' }]);
  await rm(recordFile());
  expect(await listClusters(ground)).toMatchObject([{ condition: 'broken' }]);
});

test('no worker is added while a node is paused: it would have to be told', async () => {
  await verbs.pause('worker-1', signal);
  await expect(verbs.add('worker-3', signal)).rejects.toThrow('worker-1 is paused');
  expect(world.servers.has('worker-3')).toBe(false);
});

describe('a checkpoint of the servers', () => {
  const { keep, restore } = {
    keep: () => cluster.checkpoints!.servers.keep(signal),
    restore: () => cluster.checkpoints!.servers.restore(signal),
  };

  test('brings back the data, the nodes, and which of them run', async () => {
    await verbs.standby(standbyOf('worker-1'), signal);
    await verbs.kill('worker-2', signal);
    expect(await keep()).toBe(true);
    const kept = structuredClone(world.servers);
    expect(states()).toEqual({ ...base, 'worker-1-standby': 'up', 'worker-2': 'killed' });
    for (const change of [
      () => verbs.start('worker-2', signal),
      () => verbs.remove('worker-1-standby', signal),
      () => verbs.add('worker-3', signal),
      () => verbs.kill('coordinator', signal),
    ]) {
      await change();
      expect(await restore()).toBe(true);
      expect(world.servers).toEqual(kept);
      expect((await cluster.nodes()).map((node) => node.name)).toEqual([...kept.keys()]);
    }
    expect(world.messages).toEqual([]);
  });

  test('there is none before one was kept, and after a reset', async () => {
    expect(await restore()).toBe(false);
    await keep();
    await reset();
    expect(await restore()).toBe(false);
  });

  test('there is none of a cluster that was replaced', async () => {
    await keep();
    world.server('worker-1').state = 'empty';
    await up();
    expect(await restore()).toBe(false);
  });

  test('none is kept while a server is paused: a start would end that', async () => {
    await verbs.pause('worker-1', signal);
    expect(await keep()).toBe(false);
    expect(world.server('worker-1').state).toBe('paused');
  });

  test.each(['paused', 'delayed'] as const)(
    'none is kept while the replay of a standby is %s',
    async (replay) => {
      await verbs.standby(standbyOf('worker-1'), signal);
      world.server('worker-1-standby').replay = replay;
      expect(await keep()).toBe(false);
    },
  );

  test('a standby at its target needs no more log, and need not stream again', async () => {
    await verbs.standby(standbyOf('worker-1'), signal);
    world.server('worker-1-standby').replay = 'at target';
    expect(await keep()).toBe(true);
    world.doesNotStream = true;
    expect(await restore()).toBe(true);
  });

  test('where the copy fails, the servers run on', async () => {
    world.copyFault = 'no space left on device';
    expect(await keep()).toBe(false);
    expect(states()).toEqual(base);
    expect(await restore()).toBe(false);
  });

  test('where it cannot be put back, the cluster is replaced', async () => {
    await keep();
    world.copyFault = 'no space left on device';
    expect(await restore()).toBe(false);
    expect(world.messages).toEqual([
      'The cluster "default" could not be restored (no space left on device). Replacing it with a new one.',
    ]);
    expect(states()).toEqual(base);
  });
});

/** Commands, each with what must be true when it, or what repairs it, has ended. */
const commands: Readonly<Record<string, () => Promise<unknown>>> = {
  'up from nothing': async () => {
    await downCluster(ground, name, { purge: true, signal });
    await up();
  },
  'up with more workers': () => up(4),
  'up after kills': async () => {
    await verbs.kill('coordinator', signal);
    await verbs.kill('worker-2', signal);
    await up();
  },
  add: () => verbs.add('worker-3', signal),
  remove: () => verbs.remove('worker-2', signal),
  standby: () => verbs.standby({ ...standbyOf('worker-1'), synchronous: true, slot: true }, signal),
  failover: async () => {
    await verbs.standby(standbyOf('worker-1'), signal);
    await verbs.kill('worker-1', signal);
    await verbs.promote('worker-1-standby', signal);
    await verbs.standby(standbyOf('worker-1-standby', 'worker-1'), signal);
  },
  'failover of the coordinator': async () => {
    await verbs.standby(standbyOf('coordinator'), signal);
    await verbs.kill('coordinator', signal);
    await verbs.promote('coordinator-standby', signal);
  },
  reset: async () => {
    await verbs.standby(standbyOf('worker-1'), signal);
    await verbs.add('worker-3', signal);
    await verbs.kill('worker-2', signal);
    await reset();
  },
  checkpoint: async () => {
    await verbs.standby(standbyOf('worker-1'), signal);
    await verbs.kill('worker-2', signal);
    await cluster.checkpoints!.servers.keep(signal);
    await verbs.add('worker-3', signal);
    await verbs.kill('worker-1', signal);
    await cluster.checkpoints!.servers.restore(signal);
  },
  'down with purge': () => downCluster(ground, name, { purge: true, signal }),
};

test('commands that come at once take turns', async () => {
  const atOnce: readonly (() => Promise<unknown>)[] = [
    () => up(3),
    () => up(),
    () => verbs.add('worker-4', signal),
    () => verbs.standby(standbyOf('worker-1'), signal),
    () => verbs.kill('worker-2', signal),
    () => verbs.start('worker-2', signal),
    () => reset(),
    () => cluster.checkpoints!.servers.keep(signal),
    () => downCluster(ground, name, { purge: false, signal }),
  ];
  for (const [at, first] of atOnce.entries()) {
    for (const second of atOnce.slice(at)) {
      // One can undo what the other needs, as "worker-2 is down": that is said, and nothing is broken.
      for (const end of await Promise.allSettled([first(), second()])) {
        if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(UserError);
      }
      await up();
      expectOnePrimaryEach(0);
      await reset();
      expect(Object.values(states()).every((state) => state === 'up')).toBe(true);
    }
  }
});

test.each(Object.keys(commands))(
  'killed at any step, "%s" leaves what up and a reset bring back',
  async (command) => {
    for (let step = 0; ; step++) {
      world = new FakeWorld();
      ground = await world.ground();
      await up();
      cluster = openCluster(ground, name);
      verbs = cluster.servers!;
      world.killAt(step);
      const end = await commands[command]!().then(
        () => 'done',
        (error) =>
          error instanceof Killed || error.cause instanceof Killed ? 'killed' : Promise.reject(error),
      );
      world.revive();
      await up();
      const nodes = (await cluster.nodes()).filter(({ replacedBy }) => replacedBy === undefined);
      expect([step, nodes.every(({ state }) => state === 'up')]).toEqual([step, true]);
      expectOnePrimaryEach(step);
      await reset();
      expect([step, states()]).toEqual([
        step,
        command === 'up with more workers' ? expect.objectContaining(base) : base,
      ]);
      if (end === 'done') return;
    }
  },
);

/** Two servers that take writes with the same data would tell two stories. */
function expectOnePrimaryEach(step: number): void {
  const primaries = [...world.servers.values()].filter(
    ({ state, isStandby }) => state === 'up' && !isStandby,
  );
  const data = primaries.map((server) => server.data);
  expect([step, data.length]).toEqual([step, new Set(data).size]);
}
