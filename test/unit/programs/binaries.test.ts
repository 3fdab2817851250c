import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { linkLibraries } from '../../../runner/programs/binaries.ts';

test('libraries get the names that an install script should have given them', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'lesson binaries '));
  onTestFinished(() => rm(dir, { recursive: true }));
  await mkdir(join(dir, 'native', 'lib'), { recursive: true });
  await writeFile(join(dir, 'native', 'lib', 'libpq.so.5.18'), 'library');
  const links = ['libpq.so', 'libpq.so.5'].map((name) => ({
    source: 'native/lib/libpq.so.5.18',
    target: `native/lib/${name}`,
  }));
  await writeFile(join(dir, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  expect(await linkLibraries(dir)).toBe(true);
  expect(await readlink(join(dir, 'native', 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  expect(await readFile(join(dir, 'native', 'lib', 'libpq.so'), 'utf8')).toBe('library');
  expect(await linkLibraries(dir)).toBe(true);
});

test('a package whose libraries cannot be given their names has to be copied', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'lesson binaries '));
  onTestFinished(() => rm(dir, { recursive: true }));
  await mkdir(join(dir, 'native'));
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so' }];
  await writeFile(join(dir, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  expect(await linkLibraries(dir)).toBe(false);
});
