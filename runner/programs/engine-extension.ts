// Makes an extension out of the files in `extension/`: PostgreSQL finds it through `extension_control_path`.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extensionDir } from '../paths.ts';

/**
 * Writes `dir/extension/citus.control` and `dir/extension/citus--VERSION.sql`.
 * `dir` belongs into `extension_control_path`, and must be readable to the servers.
 */
export async function installEngine(dir: string): Promise<void> {
  const [control, script] = await Promise.all([readControl(), readScript()]);
  const version = /^default_version\s*=\s*'([^']+)'/m.exec(control)?.[1];
  if (version === undefined) throw new Error(`${extensionDir}citus.control names no default_version`);
  const target = join(dir, 'extension');
  await mkdir(target, { recursive: true });
  await Promise.all([
    writeFile(join(target, 'citus.control'), control),
    writeFile(join(target, `citus--${version}.sql`), script),
  ]);
}

/** A short hash of all that makes the engine: it tells a cluster that was made with another one. */
export async function engineFingerprint(): Promise<string> {
  const parts = await Promise.all([readControl(), readScript(), engineSettings()]);
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);
}

/** The lines that the engine needs in `postgresql.conf`, on every node. */
export function engineSettings(): Promise<string> {
  return readFile(join(extensionDir, 'settings.conf'), 'utf8');
}

function readControl(): Promise<string> {
  return readFile(join(extensionDir, 'citus.control'), 'utf8');
}

// The numbers in front of the names are the order in which the files build on each other.
async function readScript(): Promise<string> {
  const names = (await readdir(extensionDir)).filter((name) => name.endsWith('.sql')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(extensionDir, name), 'utf8')));
  return texts.join('\n');
}
