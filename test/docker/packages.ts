// Debian's packages for the Docker stage.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

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
    run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 600_000,
    });
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', ...missing);
}
