// Debian's packages for the Docker stage.
import { type ExecFileOptions, execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Bounded: a proxy that apt does not know, or that does not answer, must not hold up everything. @throws with the log. */
export async function aptGet(args: readonly string[], options: ExecFileOptions = {}): Promise<void> {
  const patience = ['-o', 'Acquire::http::Timeout=20', '-o', 'Acquire::Retries=1'];
  console.log(`apt-get ${args.join(' ')}  (at most 180 s)`);
  await run('apt-get', [...patience, ...args], { ...options, timeout: 180_000 }).catch((error) => {
    const why = error.killed ? 'was stopped after 180 s' : 'failed';
    const lines = `${error.stdout}${error.stderr}`.trim().split('\n').slice(-10);
    throw new Error(`"apt-get ${args.join(' ')}" ${why}:\n${lines.join('\n')}`);
  });
}

/** Those that are not there yet. @throws where they cannot be installed. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of packages) await run('dpkg', ['-s', name]).catch(() => missing.push(name));
  if (missing.length === 0) return;
  const isDebian = await readFile('/etc/os-release', 'utf8').then(
    (text) => /^ID=debian$/m.test(text),
    () => false,
  );
  if (process.getuid?.() !== 0 || !isDebian) {
    throw new Error(`only root on Debian can install ${missing.join(', ')}`);
  }
  const apt = (...args: readonly string[]) =>
    aptGet(['-o', 'DPkg::Lock::Timeout=120', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', ...missing);
}
