// A PostgreSQL that is installed on this machine, with Citus or without it: `--pg-bin DIR`.
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { findOwner } from '../system/owner.ts';
import { runProgram } from './postgres.ts';

export interface Installation {
  /** The folder of its programs. */
  readonly bin: string;
  /** `15.20` */
  readonly version: string;
  readonly major: number;
  /** The version of Citus; absent where it has none. */
  readonly citus?: string;
  /** Whether it has `output_plugin_libraries`, which came with minor releases. */
  readonly hasPluginList: boolean;
}

/** `CREATE DATABASE … STRATEGY`, `pg_backup_start`; Citus 12 needs it too. */
const oldest = 15;
/** `extension_control_path` */
const oldestForBuiltIn = 18;

/** @throws UserError where there is no PostgreSQL, or one that cannot be used. */
export async function readInstallation(
  dir: string,
  engine: 'any engine' | 'no engine' = 'any engine',
): Promise<Installation> {
  const bin = resolve(dir);
  for (const program of ['initdb', 'pg_ctl', 'postgres']) {
    const file = join(bin, program + exe);
    if ((await stat(file).catch(() => undefined))?.isFile()) continue;
    throw refuse(bin, `has no program "${program}"`, whereTheyAre);
  }
  const [version, settings, share] = await Promise.all([
    ask(bin, 'postgres', ['--version']),
    ask(bin, 'postgres', ['--describe-config']),
    shareDir(bin),
  ]);
  const number = /(\d+(?:\.\d+|\w+)?)/.exec(version.replace('PostgreSQL', ''))?.[1] ?? '';
  const citus = await citusVersion(share);
  const found = {
    bin,
    version: number,
    major: Number.parseInt(number, 10),
    ...(citus && { citus }),
    hasPluginList: /^output_plugin_libraries\t/m.test(settings),
  };
  checkUsable(found, engine === 'any engine');
  return found;
}

const exe = process.platform === 'win32' ? '.exe' : '';

const whereTheyAre =
  'Specify the folder with initdb and postgres, such as /usr/lib/postgresql/17/bin; "lesson doctor" lists those it finds.';

function checkUsable({ bin, version, major, citus }: Installation, needsEngine: boolean): void {
  if (major < oldest) {
    throw refuse(bin, `is PostgreSQL ${version}, but lessons require ${oldest} or later`, whereTheyAre);
  }
  if (needsEngine && citus === undefined && major < oldestForBuiltIn) {
    throw refuse(
      bin,
      `is PostgreSQL ${version} without Citus, but the built-in engine requires ${oldestForBuiltIn}`,
      'Install the Citus package for it, or omit --pg-bin to use the bundled PostgreSQL.',
    );
  }
}

/** initdb says it, but for itself only: pg_config may not be installed. */
async function shareDir(bin: string): Promise<string> {
  const shown = await ask(bin, 'initdb', ['--show', '-D', bin]);
  const dir = /^share_path=(.*)$/m.exec(shown)?.[1];
  if (dir) return dir;
  throw refuse(bin, `does not report where its extensions are: ${shown.trim()}`, whereTheyAre);
}

async function citusVersion(share: string): Promise<string | undefined> {
  const control = await readFile(join(share, 'extension', 'citus.control'), 'utf8').catch(() => '');
  return /^default_version\s*=\s*'([^']+)'/m.exec(control)?.[1];
}

/** What a program prints. Not as root, which they refuse. */
async function ask(bin: string, program: string, args: readonly string[]): Promise<string> {
  const owner = await findOwner();
  const { signal } = new AbortController();
  const { output } = await runProgram(join(bin, program + exe), args, { owner, signal, timeoutMs: 10_000 });
  return output;
}

function refuse(bin: string, what: string, hint: string): UserError {
  return new UserError(`--pg-bin "${bin}" ${what}`, { code: 'usage', hint });
}
