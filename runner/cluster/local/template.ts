// Data of a server that never ran, made once by `initdb` and copied for each node.
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installEngine } from '../../engine/install.ts';
import { UserError } from '../../errors.ts';
import { writePrivate } from '../state/files.ts';
import { type Home, makeFolder } from '../state/home.ts';
import { withLock } from '../state/lock.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { runProgram } from './program.ts';
import { type Maker, makerKey } from './record.ts';
import { extensionPath } from './settings.ts';
import { giveTree } from './tree.ts';

export interface Template {
  readonly dataDir: string;
  /** The superuser's, until a cluster sets its own. */
  readonly password: string;
}

/** Finds the template that this maker makes, or makes it and removes those of other makers. */
export async function getTemplate(home: Home, maker: Maker, signal: AbortSignal): Promise<Template> {
  const templates = join(home.dir, 'templates');
  const dir = join(templates, makerKey(maker));
  const found = await readTemplate(dir);
  if (found) return found;
  return withLock(home, 'template', 'preparing PostgreSQL', { signal, timeoutMs: 120_000 }, async () => {
    const others = (await readTemplate(dir)) ? [] : await readdir(templates);
    for (const other of others) await remove(join(templates, other));
    return (await readTemplate(dir)) ?? makeTemplate(home, dir, signal);
  });
}

async function readTemplate(dir: string): Promise<Template | undefined> {
  const password = await readFile(join(dir, 'password'), 'utf8').catch(() => undefined);
  return password === undefined ? undefined : { dataDir: join(dir, 'data'), password };
}

/** The rename at the end says that it is whole. */
async function makeTemplate(home: Home, dir: string, signal: AbortSignal): Promise<Template> {
  const binaries = await findBinaries(home);
  // Of its own: an initdb whose runner was killed goes on for a while.
  const half = `${dir}.${randomBytes(4).toString('hex')}.half`;
  await makeFolder(half, home.owner);
  try {
    await writePrivate(join(half, 'password'), randomBytes(24).toString('base64url'), home.owner);
    await initialise(binaries, half, home, signal);
    await rename(half, dir);
    return (await readTemplate(dir))!;
  } catch (error) {
    await remove(half);
    throw error;
  }
}

const remove = (dir: string) => rm(dir, { recursive: true, force: true, maxRetries: 10 });

const initdbOptions = [
  ...['--username=postgres', '--auth=scram-sha-256'],
  ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ...['--wal-segsize=1', '--no-data-checksums', '--no-sync', '--no-instructions'],
];

/** Little log: each node copies it. */
const settings = ['min_wal_size=2MB', 'max_wal_size=2MB', 'scram_iterations=1'].flatMap((set) => ['-c', set]);

async function initialise({ initdb, postgres }: Binaries, dir: string, { owner }: Home, signal: AbortSignal) {
  const data = join(dir, 'data');
  const run = async (file: string, args: readonly string[], input?: string) => {
    const options = { owner, signal, timeoutMs: 60_000, ...(input !== undefined && { input }) };
    const { exitCode, output } = await runProgram(file, args, options);
    if (exitCode !== 0) throw failed(data, output);
  };
  await run(initdb, ['-D', data, '--pwfile', join(dir, 'password'), ...initdbOptions, ...settings]);
  const engineDir = join(dir, 'engine');
  await installEngine(engineDir);
  giveTree(engineDir, owner);
  const single = ['--single', '-j', '-F', '-D', data, '-c', 'exit_on_error=on'];
  single.push('-c', `extension_control_path=${extensionPath(engineDir)}`);
  await run(postgres, [...single, 'template1'], createExtensions(['postgres_fdw', 'dblink']));
  await run(postgres, [...single, 'postgres'], createExtensions(['postgres_fdw', 'dblink', 'citus']));
}

const createExtensions = (names: readonly string[]) =>
  names.map((name) => `CREATE EXTENSION ${name};\n`).join('');

function failed(dir: string, output: string): UserError {
  const tail = output.trimEnd().split('\n').slice(-10).join('\n');
  return new UserError(`PostgreSQL could not make its data in "${dir}":\n${tail}`, {
    code: 'cluster',
    hint: 'Is there room on the disk (60 MB)? Then run the command again.',
  });
}
