import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bin } from '../support/binary.ts';
import { ask } from '../support/servers.ts';
import {
  describeDocker,
  docker,
  dockerClusters,
  never,
  remove,
  stateFolder,
  traces,
  up,
} from './containers.ts';

interface Ended {
  readonly exitCode: number;
  readonly output: string;
}

describeDocker('a cluster in Docker, from the command line', () => {
  let stateDir: string;
  beforeAll(async () => {
    stateDir = await stateFolder();
  });
  afterAll(() => remove(stateDir, 'one', 'two', 'half', 'broken'));

  const lesson = (...args: readonly string[]) => lessonWith({}, ...args);

  const lessonWith = (own: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    new Promise<Ended>((resolve) => {
      const env = { ...process.env, LESSON_STATE_DIR: stateDir, LESSON_NAME: 'one', ...own };
      execFile(process.execPath, [bin, ...args], { env }, (error, stdout, stderr) => {
        const exitCode = error ? Number(error.code) : 0;
        resolve({ exitCode, output: `${stdout}${stderr}` });
      });
    });

  test('comes up, says how to go in by hand, and is there a second time', async () => {
    const { exitCode, output } = await lesson('up', '--cluster', 'docker');
    expect(output).toContain('Cluster "one" is up: coordinator, worker-1, worker-2.');
    expect(exitCode).toBe(0);
    const [, container = '', query = ''] =
      /docker exec -it (\S+) (psql -U postgres)/.exec(output) ?? expect.fail(output);
    expect(
      await docker('exec', container, ...query.split(' '), '-Atc', 'SELECT count(*) FROM sensor_data'),
    ).toBe('1000');
    const again = await lesson('up');
    expect(again.exitCode).toBe(0);
    expect(again.output).not.toContain('Creating');
    expect(again.output).toContain(`docker exec -it ${container} ${query}`);
  });

  test('keeps its password out of command lines and its ports on loopback, and gives no container the socket', async () => {
    const { output: url } = await lesson('url');
    const password = new URL(url.trim()).password;
    expect(password).toHaveLength(32);
    const containers = (
      await docker('ps', '-q', '--filter', 'label=com.docker.compose.project=lesson-one')
    ).split('\n');
    expect(containers).toHaveLength(3);
    for (const container of JSON.parse(await docker('inspect', ...containers))) {
      expect(JSON.stringify([container.Path, container.Args, container.Config.Labels])).not.toContain(
        password,
      );
      expect(JSON.stringify(container.Mounts)).not.toContain('docker.sock');
      const ports = Object.values(container.NetworkSettings.Ports).flat() as { HostIp: string }[];
      expect(ports.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1']);
    }
  });

  test('runs beside a second one, with five workers, which answers by its own name', async () => {
    const { exitCode, output } = await lesson('up', '--cluster', 'docker', '--name', 'two', '--workers', '5');
    expect(output).toContain(
      'Cluster "two" is up: coordinator, worker-1, worker-2, worker-3, worker-4, worker-5.',
    );
    expect(exitCode).toBe(0);
    expect((await lesson('run', '01-cluster', '--yes', '--name', 'two')).exitCode).toBe(0);
    const { output: status } = await lesson('status');
    expect(status).toMatch(/Cluster "one" \(docker\): 3 of 3 servers up/);
    expect(status).toMatch(/Cluster "two" \(docker\): 6 of 6 servers up/);
    expect((await lesson('down', '--purge', '--name', 'two')).exitCode).toBe(0);
    expect(await traces('two')).toEqual([]);
  });

  test('goes down, twice, and comes up with the data that it had', async () => {
    const { cluster } = await up(stateDir, { name: 'one' });
    await ask(cluster, 'worker-1', 'CREATE TABLE kept AS SELECT 1 AS here');
    const down = await lesson('down');
    expect(down.output).toContain('Cluster "one" is stopped; its data is kept.');
    expect(await docker('ps', '-aq', '--filter', 'label=com.docker.compose.project=lesson-one')).toBe('');
    expect((await lesson('status')).output).toContain('Cluster "one" (docker): 0 of 3 servers up');
    const again = await lesson('down');
    expect(again).toMatchObject({ exitCode: 0, output: 'Cluster "one" was not running.\n' });
    expect((await lesson('up')).output).toContain('Started the 3 servers of the cluster.');
    expect(await ask(cluster, 'worker-1', 'SELECT here FROM kept')).toEqual([[1]]);
  });

  test('goes down with a worker paused and a standby too, and has all four again', async () => {
    const { cluster } = await up(stateDir, { name: 'one' });
    const standby = { name: 'standby-1', of: 'worker-1', synchronous: false, delayMs: 0, slot: false };
    await cluster.servers!.standby(standby, never);
    await cluster.servers!.pause('worker-2', never);
    expect((await lesson('down')).output).toContain('is stopped');
    expect(await docker('ps', '-aq', '--filter', 'label=com.docker.compose.project=lesson-one')).toBe('');
    expect((await lesson('up')).exitCode).toBe(0);
    expect(await traces('one')).toHaveLength(4 + 4 + 1);
  });

  test('an interrupted one leaves nothing', async () => {
    const stop = AbortSignal.timeout(1500);
    await expect(up(stateDir, { name: 'half', signal: stop })).rejects.toThrow();
    expect((await dockerClusters(stateDir).list()).map(({ name }) => name)).not.toContain('half');
    expect(await traces('half')).toEqual([]);
  });

  test('an incomplete one is replaced; one with another password is not touched', async () => {
    const folder = join(stateDir, 'docker', 'half');
    const nodes = [
      { name: 'coordinator', role: 'coordinator' },
      { name: 'worker-1', role: 'worker' },
    ];
    const blueprint = { image: process.env.LESSON_CITUS_IMAGE };
    const killed = { blueprint, id: 'x', createdAt: '', password: 'x', workers: 1, nodes, layout: '' };
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'cluster.json'), JSON.stringify({ ...killed, isWhole: false }));
    const labels = { project: 'lesson-half', volume: 'worker-1' };
    const labelled = Object.entries(labels).flatMap(([key, value]) => [
      '--label',
      `com.docker.compose.${key}=${value}`,
    ]);
    await docker('volume', 'create', ...labelled, 'lesson-half_worker-1');
    const half = (await dockerClusters(stateDir).list()).find(({ name }) => name === 'half');
    expect(half?.condition).toBe('broken');
    const { messages } = await up(stateDir, { name: 'half', workers: 1 });
    expect(messages[0]).toBe('The cluster "half" was not created completely. Replacing it with a new one.');

    const elsewhere = await stateFolder();
    await expect(up(elsewhere, { name: 'half' })).rejects.toThrow(
      'a cluster "half" already exists, but its password is not known here',
    );
    await remove(elsewhere, 'half');
    expect(await traces('half')).toEqual([]);
  });

  test('says in a sentence that Docker does not run, and removes nothing', async () => {
    const before = await traces('one');
    for (const args of [['down'], ['down', '--purge'], ['up'], ['node', 'list']]) {
      const { exitCode, output } = await lessonWith({ DOCKER_HOST: `unix://${stateDir}/no.sock` }, ...args);
      expect(output).toContain('Docker is installed, but its daemon is not running');
      expect(output).not.toMatch(/^ +at /m);
      expect(exitCode).toBe(3);
    }
    expect(await traces('one')).toEqual(before);
  });

  test('a container that ends at once is told with the last lines of its log, and repaired', async () => {
    const { cluster } = await up(stateDir, { name: 'broken', workers: 1 });
    for (const [setting, message] of [
      [`shared_buffers = '4TB'`, /^worker-1 ran out of memory\. The last lines of its log:\n/],
      [
        `shared_preload_libraries = 'no_such'`,
        /^the container of worker-1 exited \(exit code 1\)\. The last lines of its log:\n(.*\n)*.*no_such/,
      ],
    ] as const) {
      await ask(cluster, 'worker-1', `ALTER SYSTEM SET ${setting}`);
      await cluster.servers!.stop('worker-1', never);
      await expect(cluster.servers!.start('worker-1', never)).rejects.toThrow(message);
      const { messages } = await up(stateDir, { name: 'broken' });
      expect(messages.at(-1)).toMatch(/^The servers of the cluster "broken" were repaired: .*worker-1 /);
    }
  });

  test('nothing remains after a purge', async () => {
    expect((await lesson('down', '--all', '--purge')).exitCode).toBe(0);
    for (const name of ['one', 'broken']) expect(await traces(name)).toEqual([]);
    expect((await lesson('status')).output).toContain('There is no cluster.');
  });
});
