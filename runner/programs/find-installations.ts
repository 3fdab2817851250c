// The PostgreSQL installations of this machine: folders with its programs.
import { readdir, realpath, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** A folder, and in it those with a name like this; `bin` is in each of them. */
const usualPlaces: readonly (readonly [dir: string, name: RegExp])[] = [
  ['/usr/lib/postgresql', /^\d+$/], // Debian, Ubuntu
  ['/usr', /^pgsql-\d+$/], // Red Hat
  ['/usr/local', /^pgsql$/], // its own makefile
  ['/opt/homebrew/opt', /^postgresql(@\d+)?$/],
  ['/usr/local/opt', /^postgresql(@\d+)?$/],
  ['/Applications/Postgres.app/Contents/Versions', /^\d+$/],
  ['C:\\Program Files\\PostgreSQL', /^\d+$/],
];

/** Each once, whatever links lead to it. */
export async function findInstallations(path = process.env.PATH ?? ''): Promise<readonly string[]> {
  const usual = await Promise.all(
    usualPlaces.map(async ([dir, name]) => {
      const found = await readdir(dir).catch(() => []);
      return found
        .filter((each) => name.test(each))
        .sort()
        .map((each) => join(dir, each, 'bin'));
    }),
  );
  const dirs = await Promise.all([...usual.flat(), ...path.split(delimiter)].map(serverDir));
  return [...new Set(dirs.filter((dir) => dir !== undefined))];
}

/** Where the server itself is: a `psql` alone is no PostgreSQL. */
async function serverDir(dir: string): Promise<string | undefined> {
  const exe = process.platform === 'win32' ? '.exe' : '';
  for (const program of ['initdb', 'postgres']) {
    if (dir === '' || !(await stat(join(dir, program + exe)).catch(() => undefined))) return undefined;
  }
  return realpath(dir);
}
