import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  engineFingerprint,
  engineSettings,
  installEngine,
} from '../../../runner/programs/engine-extension.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engine '));
  await installEngine(dir);
});
afterAll(() => rm(dir, { recursive: true }));

test('an extension is a control file and a script of the version that it names', async () => {
  const control = await readFile(join(dir, 'extension', 'citus.control'), 'utf8');
  const version = /^default_version\s+= '(.*)'$/m.exec(control)?.[1];
  expect(await readdir(join(dir, 'extension'))).toEqual([`citus--${version}.sql`, 'citus.control']);
});

test('the script has the subjects in the order of their numbers', async () => {
  const [script] = (await readdir(join(dir, 'extension'))).filter((name) => name.endsWith('.sql'));
  const text = await readFile(join(dir, 'extension', script!), 'utf8');
  expect(text.indexOf('CREATE TABLE citus.pg_dist_node')).toBeGreaterThan(0);
  expect(text.indexOf('FUNCTION pg_catalog.create_distributed_table(')).toBeGreaterThan(
    text.indexOf('CREATE TABLE citus.pg_dist_node'),
  );
});

test('installing twice leaves what installing once did', async () => {
  const before = await readdir(join(dir, 'extension'));
  await installEngine(dir);
  expect(await readdir(join(dir, 'extension'))).toEqual(before);
});

test('the fingerprint is short, and the same each time', async () => {
  const fingerprint = await engineFingerprint();
  expect(fingerprint).toMatch(/^[0-9a-f]{12}$/);
  expect(await engineFingerprint()).toBe(fingerprint);
});

test('the settings have the defaults of Citus', async () => {
  const settings = await engineSettings();
  expect(settings).toContain('citus.shard_count = 32\n');
  expect(settings).toContain('citus.shard_replication_factor = 1\n');
});
