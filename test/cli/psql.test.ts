// `lesson psql` as built, with a psql on the PATH that only says how it was called, and without one.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bin } from '../support/binary.ts';
import { reapedFolder, type TestCluster, testCluster } from '../support/cluster.ts';

let cluster: TestCluster;
let dir: string;

beforeAll(async () => {
  cluster = await testCluster({ workers: 1 });
  dir = await reapedFolder('psql ', 0o755);
  const psql = '#!/bin/sh\necho "$PGPORT:" "$@"\nexit 7\n';
  await mkdir(join(dir, 'with'));
  await writeFile(join(dir, 'with', 'psql'), psql, { mode: 0o755 });
});

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param path The folder on the PATH, `with` or `without` a psql. */
function lesson(path: string, args: readonly string[], input = ''): Promise<Ended> {
  const env = { PATH: join(dir, path), HOME: dir, LESSON_STATE_DIR: cluster.stateDir };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [bin, ...args], { env, cwd: dir }, (_, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

test('psql gets what stands after --, and the node; its exit code is that of lesson', async () => {
  const { port } = await cluster.address('worker-1');
  const { stdout, exitCode } = await lesson('with', ['psql', 'worker-1', '--', '-c', 'SELECT 1', '-A']);
  expect(stdout).toBe(`${port}: -c SELECT 1 -A\n`);
  expect(exitCode).toBe(7);
});

describe('without psql', () => {
  test('-c and -f run statements, each as often as it stands there', async () => {
    await writeFile(join(dir, 'a.sql'), 'SELECT 2 AS b');
    const args = ['psql', '--', '-c', 'SELECT 1 AS a', '-f', 'a.sql', '-c', '\\conninfo'];
    const { stdout, stderr, exitCode } = await lesson('without', args);
    expect(stdout).toMatch(
      /^ a\n---\n 1\n\(1 row\)\n\n b\n---\n 2\n\(1 row\)\n\nYou are connected to coordinator /,
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  test('statements come from a pipe, and one that fails makes the exit code 1', async () => {
    const { stdout, stderr, exitCode } = await lesson(
      'without',
      ['psql'],
      'SELECT nonsense;\nSELECT 1 AS a;',
    );
    expect(stdout).toBe(' a\n---\n 1\n(1 row)\n\n');
    expect(stderr).toBe(
      'ERROR:  column "nonsense" does not exist\nLINE 1: SELECT nonsense;\n               ^\n',
    );
    expect(exitCode).toBe(1);
  });

  test.each([
    [['-A'], 'this machine has no psql, and the prompt of lesson does not know "-A"'],
    [['-c'], '-c needs a statement: -c "SELECT 1"'],
    [['-f', 'no.sql'], 'no.sql" cannot be read: ENOENT'],
  ])('%j is wrong usage', async (args, words) => {
    const { stderr, exitCode } = await lesson('without', ['psql', '--', ...args]);
    expect(stderr).toContain(words);
    expect(exitCode).toBe(2);
  });
});
