import { spawn } from 'node:child_process';
import { appendFile, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive } from '../../../runner/system/processes.ts';
import { bin } from '../../support/binary.ts';
import { emptyStateFolder, localClusters, stateFolder, testCluster } from '../../support/cluster.ts';
import { ask, clusterFolder, kill, never, pids, readRecord, untilGone, up } from '../../support/servers.ts';

const stop = { purge: false, signal: never };

test('a worker that was killed runs again, and the others were left alone', async () => {
  const { stateDir, ...cluster } = await testCluster();
  await ask(cluster, 'worker-1', 'CREATE TABLE kept ()');
  const before = await pids(cluster);
  await kill(before[1]!);
  expect((await cluster.nodes()).map(({ state }) => state)).toEqual(['up', 'down', 'up']);
  const { messages } = await up(stateDir);
  expect(messages).toEqual(['worker-1 had been killed. It was restarted.']);
  const after = await pids(cluster);
  expect([after[0], after[2]]).toEqual([before[0], before[2]]);
  await ask(cluster, 'worker-1', 'SELECT FROM kept');
});

test('servers that were all killed run again, also where one was busy', async () => {
  const { stateDir, ...cluster } = await testCluster();
  const before = await pids(cluster);
  const busy = ask(cluster, 'coordinator', `DO $$ BEGIN LOOP END LOOP; END $$`).catch(() => 'lost');
  await untilBusy(cluster);
  for (const pid of before) process.kill(pid, 'SIGKILL');
  const { messages } = await up(stateDir);
  expect(messages).toHaveLength(3);
  expect(await busy).toBe('lost');
  expect(await ask(cluster, 'coordinator', 'SELECT count(*)::int FROM pg_dist_node')).toEqual([[3]]);
});

test('a cluster that was not created completely is created again, and its servers do not go on', async () => {
  const { stateDir, ...cluster } = await testCluster({ workers: 1 });
  const before = await pids(cluster);
  await rm(join(clusterFolder(stateDir), 'cluster.json'));
  const again = await up(stateDir, { workers: 1 });
  expect(again.messages[0]).toBe(
    'The cluster "default" was not created completely. Replacing it with a new one.',
  );
  expect(again.cluster.fresh).toBe(true);
  for (const pid of before) expect(await isAlive(pid)).toBe(false);
});

test('what another version made is replaced, with as many workers', async () => {
  const { stateDir, ...old } = await testCluster({ workers: 1 });
  const record = await readRecord(stateDir);
  record.blueprint.engine = '0123456789ab';
  await writeFile(join(clusterFolder(stateDir), 'cluster.json'), JSON.stringify(record));
  const release = await old.holdRun('lesson run 01-try');
  await expect(up(stateDir)).rejects.toThrow('the cluster is in use: "lesson run 01-try"');
  await release();
  const { cluster, messages } = await up(stateDir);
  expect(messages[0]).toMatch(
    /was created by another version \(.*engine 01234567; this is .*\)\. Replacing it/,
  );
  expect(await cluster.nodes()).toHaveLength(2);
  expect((await readRecord(stateDir)).password).not.toBe(record.password);
});

test('a server whose machine went down under it is not trusted', async () => {
  const { stateDir, ...cluster } = await testCluster({ workers: 1 });
  const [coordinator] = await pids(cluster);
  await kill(coordinator!);
  const file = join(clusterFolder(stateDir), 'coordinator', 'data', 'postmaster.pid');
  const lines = (await readFile(file, 'utf8')).split('\n');
  lines[2] = '1700000000'; // started before this machine did
  await writeFile(file, lines.join('\n'));
  const again = await up(stateDir);
  expect(again.messages[0]).toContain('may have been corrupted when the machine crashed');
  expect(again.cluster.fresh).toBe(true);
});

test('what a power cut took after a clean down is noticed', async () => {
  const { stateDir } = await testCluster({ workers: 1 });
  const node = join(clusterFolder(stateDir), 'coordinator');
  await localClusters(stateDir).down('default', stop);
  const seal = JSON.parse(await readFile(join(node, 'seal'), 'utf8'));
  await writeFile(join(node, 'seal'), JSON.stringify({ ...seal, stoppedAt: 0 }));
  expect((await up(stateDir)).cluster.fresh).toBe(false);

  await localClusters(stateDir).down('default', stop);
  await writeFile(join(node, 'seal'), JSON.stringify({ ...seal, stoppedAt: 0 }));
  await truncate(join(node, 'data', 'base', '5', '1259'), 8192);
  const again = await up(stateDir);
  expect(again.messages[0]).toContain('may have been corrupted when the machine crashed');
  expect(again.cluster.fresh).toBe(true);
});

test('data that a lesson has written to is not copied into new clusters', async () => {
  const stateDir = await emptyStateFolder();
  await up(stateDir, { workers: 1 });
  const templates = join(stateDir, 'templates');
  const [template = ''] = await readdir(templates);
  const password = () => readFile(join(templates, template, 'password'), 'utf8');
  const before = await password();
  await appendFile(
    join(clusterFolder(stateDir), 'worker-1', 'data', 'base', '4', '1259'),
    Buffer.alloc(8192),
  );
  await up(stateDir, { name: 'other', workers: 1 });
  expect(await password()).not.toBe(before);
});

test('a port that somebody else has now is given up for another', async () => {
  const { stateDir, ...cluster } = await testCluster();
  await localClusters(stateDir).down('default', stop);
  const { port } = await cluster.address('worker-1');
  const intruder = createServer();
  await new Promise<void>((resolve) => intruder.listen(port, '127.0.0.1', resolve));
  try {
    const { messages } = await up(stateDir);
    expect(messages).toEqual(['Started the 3 servers of the cluster.']);
    expect((await cluster.address('worker-1')).port).not.toBe(port);
    await ask(cluster, 'coordinator', `CREATE TABLE t (a int)`);
    await ask(cluster, 'coordinator', `SELECT create_distributed_table('t', 'a')`);
    await ask(cluster, 'coordinator', `INSERT INTO t SELECT generate_series(1, 100)`);
    await cluster.reset({ signal: never });
    expect(
      await ask(cluster, 'coordinator', `SELECT success FROM run_command_on_workers('SELECT 1')`),
    ).toEqual([[true], [true]]);
  } finally {
    intruder.close();
  }
});

test('a process that got the id of a server that was killed is not taken for it', async () => {
  const { stateDir, ...cluster } = await testCluster({ workers: 1 });
  const [coordinator] = await pids(cluster);
  await kill(coordinator!);
  const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
  const file = join(clusterFolder(stateDir), 'coordinator', 'data', 'postmaster.pid');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^\d+/, String(stranger.pid)));
  try {
    expect((await cluster.nodes())[0]?.state).toBe('down');
    expect((await localClusters(stateDir).down('default', stop)).stopped).toEqual(['worker-1']);
    await up(stateDir);
    expect((await cluster.nodes())[0]?.state).toBe('up');
    expect(await isAlive(stranger.pid!)).toBe(true);
  } finally {
    stranger.kill();
    await untilGone(stranger.pid!);
  }
});

test('a server that does not start with what ALTER SYSTEM has set starts without it', async () => {
  const { stateDir, ...cluster } = await testCluster({ workers: 1 });
  await ask(cluster, 'worker-1', 'CREATE TABLE kept ()');
  await localClusters(stateDir).down('default', stop);
  const data = join(clusterFolder(stateDir), 'worker-1', 'data');
  await appendFile(join(data, 'postgresql.auto.conf'), 'shared_preload_libraries = nonsense\n');
  const { messages } = await up(stateDir);
  expect(messages[0]).toBe(
    `The servers of the cluster "default" were repaired: worker-1 did not start (data directory "${data}").`,
  );
  await ask(cluster, 'worker-1', 'SELECT FROM kept');
});

test('a cluster whose data is damaged beyond repair is replaced, and says why', async () => {
  const { stateDir, ...cluster } = await testCluster({ workers: 1 });
  await localClusters(stateDir).down('default', stop);
  await truncate(join(clusterFolder(stateDir), 'worker-1', 'data', 'global', 'pg_control'), 0);
  const { messages, cluster: again } = await up(stateDir);
  expect(messages.at(-1)).toMatch(
    /^The cluster "default" cannot be repaired \(worker-1 did not start .*\)\./,
  );
  expect(again.fresh).toBe(true);
  expect(await ask(cluster, 'coordinator', 'SELECT count(*)::int FROM pg_dist_node')).toEqual([[2]]);
});

async function untilBusy(cluster: Parameters<typeof ask>[0]): Promise<void> {
  const query = `SELECT FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'`;
  while ((await ask(cluster, 'coordinator', query)).length === 0);
}

test('a runner that was killed while it made a cluster leaves one that is created again', async () => {
  const stateDir = await stateFolder();
  const runner = spawn(process.execPath, [bin, 'up'], {
    env: { ...process.env, LESSON_STATE_DIR: stateDir },
  });
  const folder = join(clusterFolder(stateDir), 'coordinator');
  while (!(await stat(folder).catch(() => undefined))) expect(runner.exitCode).toBe(null);
  await kill(runner.pid!);
  expect((await localClusters(stateDir).list())[0]).toMatchObject({ name: 'default', condition: 'broken' });
  const { cluster, messages } = await up(stateDir);
  expect(messages[0]).toContain('was not created completely');
  expect(cluster.fresh).toBe(true);
  expect(await ask(cluster, 'coordinator', 'SELECT count(*)::int FROM pg_dist_node')).toEqual([[3]]);
});
