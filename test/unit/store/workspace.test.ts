// The folder of shell blocks: what is in its environment, and that none is left for good.
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { workspace } from '../../../runner/store/workspace.ts';
import { startMark } from '../../../runner/system/processes.ts';

let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(path.join(tmpdir(), 'workspace test '));
  vi.stubEnv('TMPDIR', temporary);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true });
});

const address = { host: '127.0.0.1', port: 5432, user: 'me', password: 'secret', database: 'course' };

function open(env: Readonly<Record<string, string>> = {}) {
  return workspace(async () => address, { name: 'default', cluster: 'local' }, env);
}

test('a folder is there from the first shell block to the end', async () => {
  const place = open();
  expect(await readdir(temporary)).toEqual([]);
  expect((await place.shell()).cwd.startsWith(temporary)).toBe(true);
  await place.remove();
  expect(await readdir(temporary)).toEqual([]);
});

test('folders of processes that are gone are removed, others are left', async () => {
  const mine = await startMark(process.pid);
  const others = [`lesson-${process.pid}-${mine}-abc`, 'lesson-templates', 'another'];
  const abandoned = [`lesson-${process.pid}-1-abc`, 'lesson-99999999-1-abc'];
  for (const name of [...others, ...abandoned])
    await mkdir(path.join(temporary, name, 'work'), { recursive: true });
  await open().remove();
  expect((await readdir(temporary)).sort()).toEqual(others.sort());
});

test('a folder for temporary files that cannot be written is named', async () => {
  vi.stubEnv('TMPDIR', path.join(temporary, 'nowhere'));
  await expect(open().shell()).rejects.toThrow(
    `cannot make a folder for shell blocks in "${temporary}/nowhere": ENOENT`,
  );
});

test('of libpq only the variables of the coordinator are there', async () => {
  const { env } = await open({ PGHOSTADDR: '10.0.0.1', PGOPTIONS: '-c geqo=off', HOME: '/home/me' }).shell();
  expect(env).toMatchObject({ PGHOST: '127.0.0.1', PGDATABASE: 'course', HOME: '/home/me' });
  expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['PGHOSTADDR']));
  expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['PGOPTIONS']));
});
