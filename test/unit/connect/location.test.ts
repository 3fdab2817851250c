// Passwords, variables and TLS settings, from where libpq takes them.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { locate } from '../../../runner/connect/location.ts';
import { findPassword } from '../../../runner/connect/pass-file.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'lesson home '));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const at = (url: string, env: Readonly<Record<string, string>> = {}) => locate(url, { HOME: home, ...env });

describe('a line of a file with passwords', () => {
  const server = { host: 'db', port: 5432, database: 'course', user: 'ann' };
  test.each([
    ['db:5432:course:ann:right', 'right'],
    ['*:*:*:*:right', 'right'],
    ['# db:5432:course:ann:wrong\nother:*:*:*:wrong\ndb:*:*:ann:right\n*:*:*:*:wrong', 'right'],
    ['db:5432:course:ann:ri\\:g\\\\ht', 'ri:g\\ht'],
    ['d\\b:5432:course:ann:right', 'right'],
    ['db:5432:course:bob:wrong', undefined],
    ['db:5432:course:ann', undefined],
    ['', undefined],
  ])('%s', (text, password) => {
    expect(findPassword(text, server)).toBe(password);
  });

  test('a socket is localhost', () => {
    expect(findPassword('localhost:*:*:*:right', { ...server, host: '/tmp' })).toBe('right');
  });
});

test('the URL goes before the variables, and they before the defaults', async () => {
  const env = { PGHOST: 'env', PGPORT: '7', PGUSER: 'eve', PGDATABASE: 'envdb', PGPASSWORD: 'envpass' };
  const url = await at('postgres://ann:mine@db:1/course', env);
  expect(url).toMatchObject({ host: 'db', port: 1, user: 'ann', database: 'course' });
  expect(url.password('db', 1)).toBe('mine');
  const fromEnv = await at('postgres://', env);
  expect(fromEnv).toMatchObject({ host: 'env', port: 7, user: 'eve', database: 'envdb' });
  expect(fromEnv.password('env', 7)).toBe('envpass');
  expect(await at('postgres://ann@db')).toMatchObject({ port: 5432, database: 'ann' });
});

test('a file may have a password for each server; one that others may read is not used', async () => {
  const file = join(home, 'passwords');
  await writeFile(file, 'db:1:*:*:first\nworker:*:*:*:second\n', { mode: 0o600 });
  const found = await at('postgres://ann@db:1/course', { PGPASSFILE: file });
  expect([found.password('db', 1), found.password('worker', 2), found.password('other', 3)]).toEqual([
    'first',
    'second',
    'first',
  ]);
  await chmod(file, 0o640);
  const ignored = await at('postgres://ann@db:1/course', { PGPASSFILE: file });
  expect(ignored.password('db', 1)).toBe('');
  expect(ignored.ignoredPassFile).toContain(`chmod 600 ${file}`);
});

test.each([
  ['', [{ mode: 'require' }, undefined]],
  ['?sslmode=disable', [undefined]],
  ['?sslmode=allow', [undefined, { mode: 'require' }]],
  ['?sslmode=prefer', [{ mode: 'require' }, undefined]],
  ['?sslmode=require', [{ mode: 'require' }]],
  ['?sslmode=verify-full&sslrootcert=/ca', [{ mode: 'verify-full', rootCert: '/ca' }]],
  ['?sslrootcert=system', [{ mode: 'verify-full', rootCert: 'system' }]],
])('with "%s" TLS is tried in the order of libpq', async (query, attempts) => {
  expect((await at(`postgres://ann@db/course${query}`)).tlsAttempts).toEqual(attempts);
});

test('a socket needs no TLS, PGSSLMODE counts, and an unknown mode is an error', async () => {
  expect((await at('postgres://%2Ftmp/d?sslmode=require')).tlsAttempts).toEqual([undefined]);
  expect((await at('postgres://db/d', { PGSSLMODE: 'require' })).tlsAttempts).toEqual([{ mode: 'require' }]);
  await expect(at('postgres://db/d?sslmode=maybe')).rejects.toThrow('unknown sslmode; known: disable');
  await expect(at('postgres://db/d?sslmode=verify-ca')).rejects.toThrow('there is none');
});

test('a key that others may read is refused', async () => {
  const key = join(home, 'client.key');
  await writeFile(key, '', { mode: 0o644 });
  await expect(at(`postgres://db/d?sslcert=/c&sslkey=${encodeURIComponent(key)}`)).rejects.toThrow(
    `sslkey "${key}" has group or world access`,
  );
});
