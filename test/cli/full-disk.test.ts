// A disk that is full is named, and can be freed. Needs root, who may mount a small one.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';
import { fillDisk, mountSmallDisk, unmountSmallDisk } from '../support/small-disk.ts';

let sandbox: Sandbox | undefined;

async function smallDisk(size: string): Promise<Sandbox | undefined> {
  sandbox = await openSandbox();
  return (await mountSmallDisk(sandbox, size)) ? sandbox : undefined;
}

afterEach(async () => {
  if (sandbox === undefined) return;
  await sandbox.run('down', '--all', '--purge');
  await unmountSmallDisk(sandbox);
  await sandbox.remove();
  sandbox = undefined;
});

test('a cluster on a disk that is full can be removed', async ({ skip }) => {
  const disk = await smallDisk('300m');
  if (disk === undefined) return skip();
  expect((await disk.run('up')).exitCode).toBe(0);
  const state = join(disk.dir, 'state');
  await fillDisk(disk);
  const standby = await disk.run('node', 'standby', 'worker-1');
  expect(standby.stderr).toContain('the disk is full: there is no space for the cluster "default"');
  expect(standby.stderr).not.toMatch(/^\s+at /m);
  const { exitCode, stderr } = await disk.run('down', '--purge');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(await readdir(join(state, 'clusters'))).toEqual([]);
});

test('a disk without room for a cluster is named, and nothing is left on it', async ({ skip }) => {
  const disk = await smallDisk('60m');
  if (disk === undefined) return skip();
  const { exitCode, stderr } = await disk.run('up');
  expect(stderr).toMatch(/no room|No space left|disk is full/);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(exitCode).toBe(3);
  expect(await readdir(join(disk.dir, 'state', 'clusters'))).toEqual([]);
});
