import { spawn } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { localDriver } from '../../../runner/cluster/drivers/local/driver.ts';
import { openCluster } from '../../../runner/cluster/orchestration/cluster.ts';
import { serverSql } from '../../../runner/cluster/orchestration/server-sql.ts';
import { tryLock, waitForLock, withLock } from '../../../runner/system/lock.ts';
import { startMark } from '../../../runner/system/processes.ts';
import type { StateFolder } from '../../../runner/system/state-folder.ts';
import { emptyStateFolder } from '../../support/cluster.ts';
import { kill } from '../../support/servers.ts';

let home: StateFolder;
const openLocal = (name: string) => openCluster({ driver: localDriver(), state: home, sql: serverSql }, name);
beforeEach(async () => {
  home = { dir: await emptyStateFolder(), owner: undefined };
  await mkdir(join(home.dir, 'locks'));
});

test('one run at a time holds a cluster; the second is told who does', async () => {
  const [first, second] = [openLocal('default'), openLocal('default')];
  const release = await first.holdRun('lesson run 03-distribution');
  const refused = await second.holdRun('lesson run 01-cluster').catch((error) => error);
  expect(refused).toMatchObject({ name: 'UserError', code: 'cluster' });
  expect(refused.message).toMatch(/"lesson run 03-distribution" \(process \d+\) since \d{4}-/);
  await (await openLocal('another').holdRun('lesson run 01-cluster'))();
  await release();
  await (await second.holdRun('lesson run 01-cluster'))();
  expect(await readdir(join(home.dir, 'locks'))).toEqual([]);
});

test('a holder that was killed, or whose process id is another process now, holds nothing', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const pid = child.pid!;
  const hold = (mark: string) =>
    writeFile(join(home.dir, 'locks', `run.default.${pid}.${mark}.0`), '{"what":"lesson run","since":"now"}');
  await hold(await startMark(pid));
  expect(await tryLock(home, 'run.default', 'me')).toMatchObject({ pid, what: 'lesson run' });
  await rm(join(home.dir, 'locks'), { recursive: true });
  await mkdir(join(home.dir, 'locks'));
  await hold('1');
  const release = await tryLock(home, 'run.default', 'me');
  expect(release).toBeTypeOf('function');
  await (release as () => Promise<void>)();
  await hold(await startMark(pid));
  await kill(pid);
  expect(await tryLock(home, 'run.default', 'me')).toBeTypeOf('function');
});

test('a file without its text, as a full disk leaves one, holds the lock all the same', async () => {
  const mark = await startMark(process.pid);
  await writeFile(join(home.dir, 'locks', `up.default.${process.pid}.${mark}.0`), '');
  expect(await tryLock(home, 'up.default', 'me')).toMatchObject({
    pid: process.pid,
    what: 'another command',
  });
});

test('of many who want it at once, one at a time has it, and all get it', async () => {
  let inside = 0;
  const seen: number[] = [];
  const enter = () =>
    withLock(home, 'up.default', 'lesson up', { timeoutMs: 20_000 }, async () => {
      seen.push(++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    });
  await Promise.all(Array.from({ length: 6 }, enter));
  expect(seen).toEqual([1, 1, 1, 1, 1, 1]);
});

test('waiting for a lock ends with its deadline and with its signal', async () => {
  await tryLock(home, 'up.default', 'somebody');
  expect(await waitForLock(home, 'up.default', 'me', { timeoutMs: 0 })).toMatchObject({ what: 'somebody' });
  const stop = new AbortController();
  const waiting = waitForLock(home, 'up.default', 'me', { timeoutMs: 20_000, signal: stop.signal });
  stop.abort();
  await expect(waiting).rejects.toThrow('aborted');
});
