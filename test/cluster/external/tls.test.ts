// What each sslmode of libpq checks, against a server with a certificate for "localhost" that nobody knows.
import { execFile } from 'node:child_process';
import { chown, copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../runner/connect/client.ts';
import { connect } from '../../../runner/connect/connection.ts';
import { connectionUrl, libpqEnvironment } from '../../../runner/connect/libpq.ts';
import { locate } from '../../../runner/connect/location.ts';
import { query } from '../../../runner/connect/query.ts';
import { reach } from '../../../runner/connect/reach.ts';
import { type TestCluster, testCluster } from '../../support/cluster.ts';
import { ask, never } from '../../support/servers.ts';

const run = promisify(execFile);
const openssl = await run('openssl', ['version']).then(
  () => true,
  () => false,
);
if (!openssl)
  console.warn('SKIPPED: TLS is not tested, for there is no program "openssl" to make certificates with');

describe.runIf(openssl)('TLS', () => {
  let dir: string;
  let cluster: TestCluster;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lesson tls '));
    await makeCertificate('server', 'localhost');
    await makeCertificate('stranger', 'localhost');
    cluster = await testCluster({ workers: 1 });
    const [[data]] = (await ask(cluster, 'coordinator', 'SHOW data_directory')) as [[string]];
    const { uid, gid } = await stat(join(data, 'PG_VERSION'));
    for (const file of ['server.crt', 'server.key']) {
      await copyFile(join(dir, file), join(data, file));
      await chown(join(data, file), uid, gid);
    }
    await ask(cluster, 'coordinator', 'ALTER SYSTEM SET ssl = on');
    await ask(cluster, 'coordinator', 'SELECT pg_reload_conf()');
    while (!(await isOn())) await new Promise((resolve) => setTimeout(resolve, 20));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const isOn = async () => (await ask(cluster, 'coordinator', 'SHOW ssl')).flat()[0] === 'on';

  async function makeCertificate(name: string, host: string): Promise<void> {
    const files = ['-keyout', join(dir, `${name}.key`), '-out', join(dir, `${name}.crt`)];
    const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      ...subject,
      ...files,
    ]);
  }

  /** How the server was reached. */
  async function go(host: string, query: string) {
    const { port, user, password, database } = await cluster.address('coordinator');
    const url = `postgres://${user}:${password}@${host}:${port}/${database}${query}`;
    return reach(await locate(url, { HOME: dir }), never);
  }
  const file = (name: string) => encodeURIComponent(join(dir, name));
  const inUse = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';

  test.each([
    ['localhost', '', true],
    ['localhost', '?sslmode=prefer', true],
    ['localhost', '?sslmode=require', true],
    ['localhost', '?sslmode=allow', false],
    ['localhost', '?sslmode=disable', false],
    ['localhost', '?sslmode=verify-full&sslrootcert=server.crt', true],
    ['127.0.0.1', '?sslmode=verify-ca&sslrootcert=server.crt', true],
    ['127.0.0.1', '?sslmode=require&sslrootcert=server.crt', true],
  ])('%s%s connects, with TLS: %s', async (host, settings, encrypted) => {
    const address = await go(host, settings.replace('server.crt', file('server.crt')));
    await withClient(address, { signal: never }, async (client) => {
      expect((await client.query(inUse)).rows).toEqual([{ ssl: encrypted }]);
    });
    // The sessions of a lesson too.
    const session = await connect(address);
    expect(await query(session, inUse, never)).toEqual([[encrypted ? 't' : 'f']]);
    await session.close();
  });

  test.each([
    ['another name', '127.0.0.1', '?sslmode=verify-full&sslrootcert=server.crt'],
    ['a certificate that somebody else signed', 'localhost', '?sslmode=verify-full&sslrootcert=stranger.crt'],
    ['the same, its name not looked at', 'localhost', '?sslmode=verify-ca&sslrootcert=stranger.crt'],
    ['the same, with require', 'localhost', '?sslmode=require&sslrootcert=stranger.crt'],
    ['authorities that do not know it', 'localhost', '?sslrootcert=system'],
  ])('%s is not trusted', async (_, host, settings) => {
    const named = settings.replace(/\w+\.crt/, (name) => file(name));
    await expect(go(host, named)).rejects.toThrow(/the certificate of \S+ is not trusted/);
  });

  test('psql and other programs are told the same', async () => {
    const address = await go('localhost', `?sslmode=verify-full&sslrootcert=${file('server.crt')}`);
    expect(libpqEnvironment(address)).toMatchObject({
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: join(dir, 'server.crt'),
    });
    const again = await reach(await locate(connectionUrl(address), { HOME: dir }), never);
    expect(again).toEqual(address);
    expect(libpqEnvironment(await cluster.address('worker-1'))).toMatchObject({ PGSSLMODE: 'disable' });
  });
});
