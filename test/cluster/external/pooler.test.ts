// Between lesson and the server: PgBouncer in each of its modes, where there is one.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Address } from '../../../runner/connect/address.ts';
import { locate } from '../../../runner/connect/location.ts';
import { requireOwnSession } from '../../../runner/connect/pooler.ts';
import { reach } from '../../../runner/connect/reach.ts';
import { findOwner } from '../../../runner/system/owner.ts';
import { until } from '../../../runner/system/until.ts';
import { testCluster } from '../../support/cluster.ts';
import { never } from '../../support/servers.ts';

const path = `${process.env.PATH}:/usr/sbin`;
const hasPooler = (() => {
  try {
    return execFileSync('pgbouncer', ['--version'], { env: { PATH: path }, encoding: 'utf8' }) !== '';
  } catch {
    return false;
  }
})();
if (!hasPooler) console.warn('SKIPPED: a pooler is not tested, for there is no program "pgbouncer"');

describe.runIf(hasPooler)('PgBouncer', () => {
  let dir: string;
  let server: Address;
  const poolers: ChildProcess[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lesson pooler '));
    await chmod(dir, 0o755);
    server = await (await testCluster({ workers: 1 })).address('coordinator');
  });
  afterAll(async () => {
    await Promise.all(
      poolers.map(async (pooler) => {
        const ended = once(pooler, 'exit');
        pooler.kill('SIGKILL');
        await ended;
      }),
    );
    await rm(dir, { recursive: true, force: true });
  });

  /** The address of a pooler before the server. */
  async function pooled(...settings: readonly string[]): Promise<Address> {
    const port = await freePort();
    const { host, port: behind, user, password } = server;
    const file = join(dir, `${port}.ini`);
    await writeFile(
      file,
      [
        '[databases]',
        `postgres = host=${host} port=${behind} user=${user} password=${password}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${port}`,
        'unix_socket_dir =',
        'auth_type = any',
        ...settings,
        '',
      ].join('\n'),
    );
    const owner = await findOwner();
    const as = owner && { uid: owner.uid, gid: owner.gid };
    const pooler = spawn('pgbouncer', ['--quiet', file], {
      env: { PATH: path },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...as,
    });
    poolers.push(pooler);
    await until(async () => pooler.exitCode !== null || (await isOpen(port)), {
      signal: never,
      timeoutMs: 10_000,
    });
    return { ...server, port };
  }

  test('in session mode gives each client a session of its own', async () => {
    const address = await pooled('pool_mode = session', 'ignore_startup_parameters = options');
    await requireOwnSession(address, never);
  });

  test('in transaction mode is refused', async () => {
    const address = await pooled('pool_mode = transaction', 'ignore_startup_parameters = options');
    await expect(requireOwnSession(address, never)).rejects.toThrow(
      `127.0.0.1:${address.port} is a pooler that shares sessions between clients`,
    );
  });

  test('that refuses the settings of a session is named', async () => {
    const { port } = await pooled('pool_mode = session');
    const location = await locate(`postgres://postgres:x@127.0.0.1:${port}/postgres`, {});
    await expect(reach(location, never)).rejects.toThrow(
      `127.0.0.1:${port} is a pooler that refuses the settings of a session`,
    );
  });

  test('a server without one gives each client a session of its own', () => requireOwnSession(server, never));
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function isOpen(port: number): Promise<boolean> {
  const socket = new Socket().connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
