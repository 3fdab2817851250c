// `lesson doctor` and `lesson status`, as the real command prints them.
import { execFile } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bin, openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.remove());

let folders = 0;

/** Where these programs are on the PATH, and no others. */
async function doctor(
  programs: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  state = 'state',
) {
  const path = join(sandbox.dir, `bin-${folders++}`);
  await mkdir(path);
  await symlink('/bin/bash', join(path, 'bash'));
  await symlink(bin, join(path, 'lesson'));
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(path, name), `#!/bin/bash\n${script}\n`);
    await chmod(join(path, name), 0o755);
  }
  const env = { PATH: path, HOME: sandbox.dir, LESSON_STATE_DIR: join(sandbox.dir, state) };
  return new Promise<{ exitCode: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [bin, 'doctor', ...args], { env }, (error, stdout, stderr) =>
      resolve({ exitCode: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe('doctor', () => {
  test('finds the default kind ready, and says what the others need', async () => {
    const { stdout, exitCode } = await doctor({});
    expect(stdout).toMatch(/✓ local +ready: PostgreSQL 18\.\d+ and the built-in engine are bundled/);
    expect(stdout).toMatch(/✗ docker +"docker" is not installed on this machine\n +Install it \(https:/);
    expect(stdout).toMatch(/✓ postgres:\/\/… +any Citus cluster/);
    expect(stdout).toMatch(/✓ psql +not found; "lesson psql" uses a prompt of its own/);
    expect(stdout).toContain(`✓ Node  ${process.versions.node}`);
    expect(exitCode).toBe(0);
  });

  test('finds Docker, its compose and the image', async () => {
    const versions = 'case "$*" in version*) echo 28.1.1;; compose*) echo 2.35.0;; esac';
    expect((await doctor({ docker: versions })).stdout).toMatch(
      /✓ docker +ready: Docker 28\.1\.1, compose 2\.35\.0; the image citusdata\/citus:\S+ is present/,
    );
    const bare = `${versions}; case "$*" in image*) exit 1;; esac`;
    expect((await doctor({ docker: bare })).stdout).toContain(
      'will be pulled by the first "lesson up --cluster docker"',
    );
    const noCompose = `case "$*" in compose*) echo "docker: 'compose' is not a docker command." >&2; exit 1;; esac`;
    expect((await doctor({ docker: noCompose })).stdout).toMatch(/✗ docker +Docker has no "docker compose"/);
  });

  test('finds PostgreSQL that is installed, and says why it will not do', async () => {
    const old = {
      initdb: 'echo share_path=/nowhere',
      pg_ctl: ':',
      postgres: 'echo "postgres (PostgreSQL) 16.9"',
    };
    const { stdout } = await doctor(old);
    expect(stdout).toMatch(
      /✗ \S.*bin-\d+ +is PostgreSQL 16\.9 without Citus, but the built-in engine requires 18/,
    );
  });

  test('is not content where no cluster can be kept', async () => {
    const { stdout, exitCode } = await doctor({}, [], 'a:b');
    expect(stdout).toMatch(/✗ local +could not store clusters in/);
    expect(exitCode).toBe(3);
  });

  test('tells programs the same as JSON', async () => {
    const { clusters, machine } = JSON.parse((await doctor({}, ['--json'])).stdout);
    expect(clusters.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok])).toEqual([
      ['local', true],
      ['docker', false],
      ['postgres', true],
      ['postgres://…', true],
    ]);
    expect(machine[0]).toEqual({ name: 'Node', ok: true, says: process.versions.node });
  });
});

test('status shows kind, engine, version, nodes, ports, age and size', async () => {
  await sandbox.run('up', '--workers', '1');
  const { stdout } = await sandbox.run('status');
  expect(stdout).toContain('Cluster "default" (local): 2 of 2 servers up');
  expect(stdout).toMatch(/engine {3}the built-in engine \(not Citus\) on PostgreSQL 18\.\d/);
  expect(stdout).toMatch(/data {5}\S.*clusters\/default, \d+ MB, \d min old/);
  expect(stdout).toMatch(/worker-1 +up +127\.0\.0\.1:\d+/);
  const [cluster] = JSON.parse((await sandbox.run('status', '--json')).stdout);
  expect(cluster).toMatchObject({ kind: 'local', engine: { kind: 'built-in' }, condition: 'sound' });
  expect(JSON.stringify(cluster)).not.toContain('password');
});
