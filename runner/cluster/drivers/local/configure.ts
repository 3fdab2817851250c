// Writes the configuration files of the servers; those that run read them at the next reload.

import { join } from 'node:path';
import { shippedMajor } from '../../../programs/binaries.ts';
import { engineSettings } from '../../../programs/engine-extension.ts';
import { writePrivate } from '../../../system/files.ts';
import type { ServerSettings } from '../driver.ts';
import { addressIn } from './addresses.ts';
import { hasBuiltIn, hasCitus, type LocalBlueprint, type LocalSite } from './blueprint.ts';
import { citusSettings } from './citus-settings.ts';
import { pgHbaConf, postgresqlConf } from './configuration-files.ts';
import { dataDir, engineFolder } from './paths.ts';

/** @param settings Of all nodes of the cluster: each server gets the addresses of all. */
export async function configure(
  { name, dir, id, state, blueprint }: LocalSite,
  settings: ReadonlyMap<string, ServerSettings>,
): Promise<void> {
  const { installation } = blueprint;
  const engine = await linesOfEngine(blueprint);
  const addresses = (await Promise.all([...settings.keys()].map((node) => addressIn(dir, node)))).join(' ');
  await Promise.all(
    [...settings].map(async ([node, own]) => {
      const conf = postgresqlConf({
        title: titleOf(name, node, id),
        addresses: hasBuiltIn(blueprint) || hasCitus(blueprint) ? addresses : undefined,
        own,
        engine,
        engineDir: hasBuiltIn(blueprint) ? engineFolder(dir) : undefined,
        major: installation?.major ?? shippedMajor,
      });
      const data = dataDir(dir, node);
      await writePrivate(join(data, 'postgresql.conf'), conf, state.owner);
      await writePrivate(join(data, 'pg_hba.conf'), pgHbaConf, state.owner);
    }),
  );
}

async function linesOfEngine(blueprint: LocalBlueprint): Promise<string> {
  if (hasBuiltIn(blueprint)) return engineSettings();
  return hasCitus(blueprint) ? citusSettings(blueprint.installation!) : '';
}

/** PostgreSQL cuts what is longer than 63 bytes. */
const titleOf = (cluster: string, node: string, id: string): string =>
  `lesson ${cluster.slice(0, 45 - node.length)}/${node} ${id}`;
