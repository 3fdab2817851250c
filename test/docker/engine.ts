// A Docker engine with compose: the one that is here, or on Debian, for root, one of our own that ends with the tests.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { aptGet, installPackages } from './packages.ts';

const run = promisify(execFile);
const minute = 60_000;

export interface DockerEngine {
  /** For `docker`. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** @param dir A folder of ours. @throws where there is none, and none can be made. */
export async function getEngine(dir: string): Promise<DockerEngine> {
  if (await works({})) return { env: {}, stop: async () => {} };
  await installPackages(['docker.io', 'containerd', 'runc', 'iptables']).catch((error: Error) => {
    throw new Error(`there is no Docker with compose here, and ${error.message}`);
  });
  const env = { DOCKER_HOST: `unix://${dir}/docker.sock`, DOCKER_CONFIG: join(dir, 'config') };
  await getCompose(dir, join(env.DOCKER_CONFIG, 'cli-plugins'));
  return { env, stop: await startDaemon(dir, env) };
}

async function works(env: Readonly<Record<string, string>>): Promise<boolean> {
  const options = { env: { ...process.env, ...env }, timeout: 10_000 };
  try {
    await run('docker', ['version', '-f', '{{.Server.Version}}'], options);
    await run('docker', ['compose', 'version'], options);
    return true;
  } catch {
    return false;
  }
}

/** Debian 12 has version 1 only. The one of Debian 13 needs no library but glibc. */
async function getCompose(dir: string, plugins: string): Promise<void> {
  const apt = join(dir, 'apt');
  await fs.mkdir(join(apt, 'lists/partial'), { recursive: true });
  await fs.mkdir(join(apt, 'cache/archives/partial'), { recursive: true });
  await fs.mkdir(plugins, { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const source = `deb [signed-by=${keyring}] http://deb.debian.org/debian trixie main\n`;
  await fs.writeFile(join(apt, 'sources.list'), source);
  const places = {
    'Dir::Etc::sourcelist': 'sources.list',
    'Dir::State::Lists': 'lists',
    'Dir::Cache': 'cache',
  };
  const options = Object.entries(places).flatMap(([name, path]) => ['-o', `${name}=${join(apt, path)}`]);
  options.push('-o', 'Dir::Etc::sourceparts=/dev/null', '-o', 'APT::Sandbox::User=root');
  await aptGet([...options, 'update']);
  await aptGet([...options, 'download', 'docker-compose'], { cwd: apt });
  const [archive = ''] = (await fs.readdir(apt)).filter((name) => name.endsWith('.deb'));
  await run('dpkg-deb', ['-x', join(apt, archive), join(apt, 'files')]);
  const plugin = 'docker-compose';
  await fs.copyFile(join(apt, 'files/usr/libexec/docker/cli-plugins', plugin), join(plugins, plugin));
}

/** The daemon ends with us, however we end: then nobody holds the other end of its input. */
const untilInputEnds = `
dockerd "$@" </dev/null &
read -r _
kill $!
wait $!`;

async function startDaemon(
  dir: string,
  env: Readonly<{ DOCKER_HOST: string; DOCKER_CONFIG: string }>,
): Promise<() => Promise<void>> {
  const places = ['--data-root', 'data', '--exec-root', 'exec', '--pidfile', 'docker.pid'];
  const args = places.map((place, i) => (i % 2 === 0 ? place : join(dir, place)));
  const log = await fs.open(join(dir, 'docker.log'), 'w');
  const daemon = spawn('sh', ['-c', untilInputEnds, 'dockerd', ...args, '-H', env.DOCKER_HOST], {
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
  });
  const stop = async () => {
    await end(daemon);
    await log.close();
  };
  for (const deadline = Date.now() + minute; Date.now() < deadline; ) {
    if (await works(env)) return stop;
    if (daemon.exitCode !== null || daemon.pid === undefined) break;
    await wait(100);
  }
  await stop();
  const lines = (await fs.readFile(join(dir, 'docker.log'), 'utf8')).trim().split('\n').slice(-5);
  throw new Error(`dockerd does not start here:\n${lines.join('\n')}`);
}

/** It ends its containers, and containerd, before itself. */
async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.pid === undefined) return;
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.stdin?.end();
  await ended;
}
