import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findKind, recordKind } from '../../../runner/cluster/cluster-kinds.ts';

let dir: string;
const said: string[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lesson kinds '));
  vi.stubEnv('LESSON_STATE_DIR', dir);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  said.length = 0;
  await rm(dir, { recursive: true });
});

test.each(['', '{"mine": "dock', '[]', 'null', '{"mine": 1}'])(
  'a file that holds %j is set aside, with a sentence, and what it said is found again',
  async (text) => {
    await writeFile(join(dir, 'kinds.json'), text);
    await mkdir(join(dir, 'docker', 'mine'), { recursive: true });
    expect(await findKind('mine')).toBe('docker');
    expect(said).toEqual([
      `lesson: The file "${dir}/kinds.json" was corrupted. It was renamed to "${dir}/kinds.json.damaged".\n`,
    ]);
    expect(await readFile(join(dir, 'kinds.json.damaged'), 'utf8')).toBe(text);
    await recordKind('mine', 'docker');
    expect(await findKind('mine')).toBe('docker');
    expect(said).toHaveLength(1);
  },
);

test('one server is found by its folder, unless there is a local cluster of that name', async () => {
  await mkdir(join(dir, 'postgres', 'mine'), { recursive: true });
  expect(await findKind('mine')).toBe('postgres');
  await mkdir(join(dir, 'clusters', 'mine'), { recursive: true });
  expect(await findKind('mine')).toBe(undefined);
});

test('a name that is known nowhere means nothing', async () => {
  expect(await findKind('mine')).toBe(undefined);
});
