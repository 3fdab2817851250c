// Where a cluster is, and as whom one goes there: the URL, then PG* variables, then libpq's defaults.
import { existsSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { Address, Tls } from './address.ts';
import { type PassFile, readPassFile } from './pass-file.ts';
import { systemRoots } from './tls.ts';
import { type Parameters, parseUrl, withoutPassword } from './url.ts';

export interface Location {
  /** Without its password. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly options?: string;
  /** What to try, in this order, as `sslmode` says: TLS, or where it is undefined no TLS. */
  readonly tlsAttempts: readonly (Tls | undefined)[];
  /** The password for one of the servers. */
  readonly password: (host: string, port: number) => string;
  /** Why a file with passwords was not used. */
  readonly ignoredPassFile?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws UserError where the URL, or a variable, cannot be used. */
export async function locate(url: string, env: Environment): Promise<Location> {
  const given = parseUrl(url);
  const user = given.user ?? env.PGUSER ?? userInfo().username;
  const database = given.dbname ?? (env.PGDATABASE || user);
  const port = Number(given.port ?? (env.PGPORT || 5432));
  const host = given.host ?? (env.PGHOST || usualHost(port));
  const options = given.options ?? env.PGOPTIONS;
  const passFile = await readPassFile(given.passfile, env);
  return {
    url: withoutPassword(url),
    host,
    port,
    user,
    database,
    ...(options && { options }),
    tlsAttempts: tlsAttemptsOf(given, env, host),
    password: passwordOf(given.password ?? env.PGPASSWORD, passFile, { host, port, user, database }),
    ...(passFile.ignored && { ignoredPassFile: passFile.ignored }),
  };
}

/** A file may have one password for each server; another one serves for all. */
function passwordOf(
  given: string | undefined,
  { find }: PassFile,
  { host, port, user, database }: Pick<Address, 'host' | 'port' | 'user' | 'database'>,
): Location['password'] {
  if (given) return () => given;
  const first = find({ host, port, user, database });
  return (atHost, atPort) => find({ host: atHost, port: atPort, user, database }) ?? first ?? '';
}

/** A socket, where packages put it; else this machine. */
function usualHost(port: number): string {
  const dirs = ['/var/run/postgresql', '/tmp'];
  return dirs.find((dir) => existsSync(join(dir, `.s.PGSQL.${port}`))) ?? 'localhost';
}

function tlsAttemptsOf(given: Parameters, env: Environment, host: string): Location['tlsAttempts'] {
  const mode =
    given.sslmode ?? (env.PGSSLMODE || (given.sslrootcert === systemRoots ? 'verify-full' : 'prefer'));
  const files = tlsFiles(given, env, mode);
  const weakest: Tls = { mode: 'require', ...files };
  switch (host.startsWith('/') ? 'disable' : mode) {
    case 'disable':
      return [undefined];
    case 'allow':
      return [undefined, weakest];
    case 'prefer':
      return [weakest, undefined];
    case 'require':
      return [weakest];
    case 'verify-ca':
    case 'verify-full': {
      if (files.rootCert !== undefined) return [{ mode: mode as Tls['mode'], ...files }];
      throw new UserError(`sslmode=${mode} requires a root certificate, but there is none`, {
        code: 'usage',
        hint: 'Specify it with sslrootcert=FILE or sslrootcert=system, or put it into ~/.postgresql/root.crt.',
      });
    }
    default:
      throw new UserError(
        // Not quoted: the value may be a password that has a & in it.
        `unknown sslmode; known: disable, allow, prefer, require, verify-ca, verify-full`,
        { code: 'usage' },
      );
  }
}

/** A file that was named must be there, but for the root certificate where it is not needed; so says libpq. */
function tlsFiles(given: Parameters, env: Environment, mode: string): Omit<Tls, 'mode'> {
  const usual = (name: string) => ifThere(join(env.HOME || homedir(), '.postgresql', name));
  const named = given.sslrootcert ?? env.PGSSLROOTCERT;
  const mustVerify = mode.startsWith('verify-');
  const rootCert =
    named === undefined ? usual('root.crt') : named === systemRoots || mustVerify ? named : ifThere(named);
  const cert = given.sslcert ?? env.PGSSLCERT ?? usual('postgresql.crt');
  const key = cert && (given.sslkey ?? env.PGSSLKEY ?? usual('postgresql.key'));
  if (key) checkKey(key);
  return { ...(rootCert && { rootCert }), ...(cert && { cert }), ...(key && { key }) };
}

const ifThere = (file: string): string | undefined => (existsSync(file) ? file : undefined);

/** As libpq: a key that others may read is no secret. One of root's may be read by its group. */
function checkKey(file: string): void {
  if (process.platform === 'win32') return;
  const found = statSync(file, { throwIfNoEntry: false });
  const allowed = found?.uid === 0 ? 0o640 : 0o600;
  if (found && (found.mode & 0o777 & ~allowed) !== 0) {
    throw new UserError(`sslkey "${file}" has group or world access`, {
      code: 'usage',
      hint: `Run "chmod 600 ${file}".`,
    });
  }
}
