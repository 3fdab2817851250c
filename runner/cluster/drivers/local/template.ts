// Data of a server that never ran, made once by `initdb` and copied for each node.
import { createHash, randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../errors.ts';
import { type Binaries, findBinaries, shippedMajor } from '../../../programs/binaries.ts';
import { installEngine } from '../../../programs/engine-extension.ts';
import { runProgram } from '../../../programs/postgres.ts';
import { writePrivate } from '../../../system/files.ts';
import { makePrivate } from '../../../system/folder-copy.ts';
import { withLock } from '../../../system/lock.ts';
import { makeFolder, type StateFolder } from '../../../system/state-folder.ts';
import { blueprintKey, hasBuiltIn, hasCitus, type LocalBlueprint } from './blueprint.ts';
import { extensionPath } from './configuration-files.ts';

export interface Template {
  readonly dataDir: string;
  /** The superuser's, until a cluster sets its own. */
  readonly password: string;
}

/** Finds the template of this blueprint, or makes it and removes those of others. */
export async function getTemplate(
  state: StateFolder,
  blueprint: LocalBlueprint,
  signal: AbortSignal,
): Promise<Template> {
  const templates = join(state.dir, 'templates');
  const prefix = prefixOf(blueprint);
  const dir = join(templates, `${prefix}${blueprintKey(blueprint)}`);
  const isRival = (name: string) => name.startsWith(prefix) && (prefix !== '' || !name.includes('@'));
  const found = await readTemplate(dir);
  if (found) return found;
  return withLock(state, 'template', 'preparing PostgreSQL', { signal, timeoutMs: 120_000 }, async () => {
    const found = await readTemplate(dir);
    if (found) return found;
    for (const other of (await readdir(templates)).filter(isRival)) await remove(join(templates, other));
    return makeTemplate(state, blueprint, dir, signal);
  });
}

async function readTemplate(dir: string): Promise<Template | undefined> {
  const password = await readFile(join(dir, 'password'), 'utf8').catch(() => undefined);
  const dataDir = join(dir, 'data');
  return password === undefined || (await isWritten(dir, dataDir)) ? undefined : { dataDir, password };
}

/** Whether somebody has written to template0 since: clusters have further names for its files, and not copies. */
async function isWritten(dir: string, dataDir: string): Promise<boolean> {
  try {
    const { mtimeMs: madeAt } = await stat(join(dir, 'made'));
    const constant = constantFolder(dataDir);
    const times = (await readdir(constant)).map((file) => statSync(join(constant, file)).mtimeMs);
    return times.some((writtenAt) => writtenAt > madeAt);
  } catch {
    return true; // it is damaged
  }
}

/** template0, whose oid is 4 since PostgreSQL 15: no server lets anybody connect to it. */
export const constantFolder = (dataDir: string): string => join(dataDir, 'base', '4');

/** The rename at the end says that it is whole. */
async function makeTemplate(
  state: StateFolder,
  blueprint: LocalBlueprint,
  dir: string,
  signal: AbortSignal,
): Promise<Template> {
  const binaries = await findBinaries(state, blueprint.installation);
  // Of its own: an initdb whose runner was killed goes on for a while.
  const half = `${dir}.${randomBytes(4).toString('hex')}.half`;
  await makeFolder(half, state.owner);
  try {
    await writePrivate(join(half, 'password'), randomBytes(24).toString('base64url'), state.owner);
    await initialise(binaries, blueprint, half, state, signal);
    await writePrivate(join(half, 'made'), '', state.owner);
    await rename(half, dir);
    return (await readTemplate(dir))!;
  } catch (error) {
    await remove(half);
    throw error;
  }
}

const remove = (dir: string) => rm(dir, { recursive: true, force: true, maxRetries: 10 });

/** Clusters with PostgreSQL from a folder of their own, or with PostgreSQL alone, do not take each other's templates away. */
function prefixOf(blueprint: LocalBlueprint): string {
  const { installation } = blueprint;
  const alone = hasBuiltIn(blueprint) || hasCitus(blueprint) ? '' : 'postgres';
  if (installation === undefined) return alone && `${alone}@`;
  return `${createHash('sha256').update(installation.bin).digest('hex').slice(0, 8)}${alone}@`;
}

/** What each version knows. */
function initdbOptions(major: number): readonly string[] {
  return [
    ...['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'],
    ...['--wal-segsize=1', '--no-sync', '--no-instructions'],
    ...(major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
    ...(major >= 18 ? ['--no-data-checksums'] : []),
    ...(major >= 16 ? settings.flatMap((set) => ['-c', set]) : []),
  ];
}

/** Little log: each node copies it. */
const settings = ['min_wal_size=2MB', 'max_wal_size=2MB', 'scram_iterations=1'];

async function initialise(
  { initdb, postgres }: Binaries,
  blueprint: LocalBlueprint,
  dir: string,
  { owner }: StateFolder,
  signal: AbortSignal,
) {
  const { installation } = blueprint;
  const data = join(dir, 'data');
  const run = async (file: string, args: readonly string[], input?: string) => {
    const options = { owner, signal, timeoutMs: 60_000, ...(input !== undefined && { input }) };
    const { exitCode, output } = await runProgram(file, args, options);
    if (exitCode !== 0) throw failed(data, output);
  };
  const options = initdbOptions(installation?.major ?? shippedMajor);
  await run(initdb, ['-D', data, '--pwfile', join(dir, 'password'), ...options]);
  const single = ['--single', '-j', '-F', '-D', data, '-c', 'exit_on_error=on'];
  if (hasCitus(blueprint)) {
    const citus = ['shared_preload_libraries=citus', 'citus.node_conninfo=sslmode=disable'];
    single.push(...citus.flatMap((set) => ['-c', set]));
    await run(postgres, [...single, 'postgres'], createExtensions(['citus']));
    return;
  }
  if (!hasBuiltIn(blueprint)) return;
  const engineDir = join(dir, 'engine');
  await installEngine(engineDir);
  makePrivate(engineDir, owner);
  single.push('-c', `extension_control_path=${extensionPath(engineDir)}`);
  await run(postgres, [...single, 'template1'], createExtensions(['postgres_fdw', 'dblink']));
  await run(postgres, [...single, 'postgres'], createExtensions(['postgres_fdw', 'dblink', 'citus']));
}

const createExtensions = (names: readonly string[]) =>
  names.map((name) => `CREATE EXTENSION ${name};\n`).join('');

function failed(dir: string, output: string): UserError {
  const tail = output.trimEnd().split('\n').slice(-10).join('\n');
  return new UserError(`could not create the data directory "${dir}":\n${tail}`, {
    code: 'cluster',
    hint: 'Check that the disk has 60 MB of free space, then run the command again.',
  });
}
