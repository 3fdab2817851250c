// `--pg-bin`: PostgreSQL from a folder. Citus is played by files; a cluster is made with PostgreSQL alone.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { citusSettings } from '../../../runner/cluster/drivers/local/citus-settings.ts';
import { postgresqlConf } from '../../../runner/cluster/drivers/local/configuration-files.ts';
import { findBinaries } from '../../../runner/programs/binaries.ts';
import { findInstallations } from '../../../runner/programs/find-installations.ts';
import { readInstallation } from '../../../runner/programs/installation.ts';
import { openStateFolder } from '../../../runner/system/state-folder.ts';
import { emptyStateFolder } from '../../support/cluster.ts';
import { ask, pids, readRecord, up } from '../../support/servers.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lesson pg '));
  await chmod(dir, 0o755);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let count = 0;

/** A folder whose programs print what those of this version do. */
async function fake(version: string, citus?: string, settings = '') {
  const root = join(dir, String(count++));
  const bin = join(root, 'bin');
  const extensions = join(root, 'share', 'extension');
  await mkdir(bin, { recursive: true });
  await mkdir(extensions, { recursive: true });
  if (citus)
    await writeFile(join(extensions, 'citus.control'), `comment = 'x'\ndefault_version = '${citus}'\n`);
  const postgres = `case $1 in --version) echo 'postgres (PostgreSQL) ${version}';; *) printf '%b' '${settings}';; esac`;
  const programs = {
    initdb: `echo 'VERSION=1\nshare_path=${join(root, 'share')}'`,
    postgres,
    pg_ctl: 'exit 1',
  };
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}

describe.skipIf(process.platform === 'win32')('an installation', () => {
  test('with Citus is told by its control file', async () => {
    const bin = await fake(
      '15.20 (Debian 15.20-0+deb12u1)',
      '13.2-1',
      'output_plugin_libraries\\tsuperuser\\n',
    );
    const found = await readInstallation(bin);
    expect(found).toEqual({ bin, version: '15.20', major: 15, citus: '13.2-1', hasPluginList: true });
    expect(citusSettings(found)).toMatch(/^shared_preload_libraries = 'citus'$/m);
    expect(citusSettings(found)).toMatch(/^output_plugin_libraries = /m);
    expect(citusSettings({ ...found, hasPluginList: false })).not.toContain('output_plugin_libraries');
  });

  test('without Citus will do from PostgreSQL 18 on', async () => {
    const bin = await fake('18.4');
    expect(await readInstallation(bin)).toEqual({ bin, version: '18.4', major: 18, hasPluginList: false });
    expect(await readInstallation(await fake('19beta1'))).toMatchObject({ version: '19beta1', major: 19 });
    await expect(readInstallation(await fake('17.6'))).rejects.toThrow(
      'is PostgreSQL 17.6 without Citus, but the built-in engine requires 18',
    );
  });

  test('that is too old, or none, is refused', async () => {
    await expect(readInstallation(await fake('14.9', '12.1-1'))).rejects.toThrow(
      'is PostgreSQL 14.9, but lessons require 15 or later',
    );
    await expect(readInstallation(dir)).rejects.toThrow(`--pg-bin "${dir}" has no program "initdb"`);
  });

  test('is found on the PATH, once', async () => {
    const bin = await fake('18.4');
    const found = await findInstallations(`${bin}:${dir}:${bin}`);
    expect(found.filter((each) => each === bin)).toHaveLength(1);
    expect(found).not.toContain(dir);
  });
});

test('a version gets no settings that it does not know', () => {
  const settings = { title: '', addresses: '', own: {}, engine: '', engineDir: undefined };
  expect(postgresqlConf({ ...settings, major: 15 })).not.toMatch(/scram_iterations|extension_control_path/);
  expect(postgresqlConf({ ...settings, engineDir: '/e', major: 18 })).toMatch(
    /scram_iterations[\s\S]*extension_control_path/,
  );
});

test('a cluster keeps its PostgreSQL, and is created again with another', async () => {
  const stateDir = await emptyStateFolder();
  const { initdb } = await findBinaries(await openStateFolder(stateDir));
  const pgBin = dirname(initdb);
  const before = await pids((await up(stateDir, { workers: 1 })).cluster);
  const other = await up(stateDir, { workers: 1, pgBin });
  expect(other.messages[0]).toContain(`was created by another version`);
  expect(other.messages[0]).toContain(`in "${pgBin}"`);
  expect(other.cluster.fresh).toBe(true);
  expect((await readRecord(stateDir)).blueprint.installation.bin).toBe(pgBin);
  expect(await pids(other.cluster)).not.toEqual(before);
  expect(await ask(other.cluster, 'coordinator', `SELECT citus_version() ~ 'built-in'`)).toEqual([[true]]);

  const again = await up(stateDir);
  expect(again.messages).toEqual([]);
  expect(await pids(again.cluster)).toEqual(await pids(other.cluster));
});
