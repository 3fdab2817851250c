// `lesson doctor`: what this machine has, what each kind of cluster needs, and how to get it.
import { statfs } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { exitCodes, type Surroundings } from '../surroundings.ts';

interface Options {
  readonly json: boolean;
}

/** Something that is there and will do, or what is wrong with it and what mends that. */
interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly says: string;
  /** What to do, where it is not ok or could be better. */
  readonly get?: string;
}

interface Diagnosis {
  readonly machine: readonly Finding[];
  readonly clusters: readonly Finding[];
  readonly pgBin: readonly Finding[];
}

export async function doctor({ json }: Options, surroundings: Surroundings): Promise<number> {
  const [machine, local, docker, pgBin] = await Promise.all([
    machineFindings(surroundings),
    localFinding(surroundings),
    dockerFinding(surroundings),
    installations(surroundings),
  ]);
  const diagnosis: Diagnosis = { machine, clusters: [local, docker, urlFinding], pgBin };
  const { stdout } = surroundings;
  stdout.write(json ? `${JSON.stringify(diagnosis, null, 2)}\n` : describe(diagnosis));
  return local.ok ? exitCodes.held : exitCodes.cluster;
}

async function machineFindings({ env }: Surroundings): Promise<readonly Finding[]> {
  const psql = await onPath('psql', env);
  const bash = await onPath('bash', env);
  return [
    { name: 'Node', ok: true, says: process.versions.node },
    bash === undefined
      ? { name: 'bash', ok: false, says: 'not here: blocks of shell commands fail', get: 'Install bash.' }
      : { name: 'bash', ok: true, says: bash },
    psql === undefined
      ? {
          name: 'psql',
          ok: true,
          says: 'not here; "lesson psql" has a plain prompt of its own',
          get: 'Install PostgreSQL\'s client for a better one: "apt-get install postgresql-client", "brew install libpq".',
        }
      : { name: 'psql', ok: true, says: psql },
  ];
}

/** What a cluster takes, in bytes. */
const roomNeeded = 200e6;

async function localFinding({ signal }: Surroundings): Promise<Finding> {
  const { findBinaries } = await import('../programs/binaries.ts');
  const { runProgram } = await import('../programs/postgres.ts');
  const { openStateFolder } = await import('../system/state-folder.ts');
  return finding('local', async () => {
    const home = await openStateFolder();
    const { postgres } = await findBinaries(home);
    const { output } = await runProgram(postgres, ['--version'], {
      owner: home.owner,
      signal,
      timeoutMs: 10_000,
    });
    const version = /\d[\d.]*/.exec(output)?.[0];
    if (version === undefined) {
      throw new UserError(`the PostgreSQL that comes along does not run here: ${output.trim()}`, {
        code: 'cluster',
        hint: 'Take one that is installed, with --pg-bin DIR, or --cluster docker.',
      });
    }
    const { bavail, bsize } = await statfs(home.dir);
    if (bavail * bsize < roomNeeded) {
      throw new UserError(`there is no room for a cluster in "${home.dir}"`, {
        code: 'cluster',
        hint: 'Make room for 200 MB, or set LESSON_STATE_DIR to a folder on another disk.',
      });
    }
    const user = home.owner ? `, run as user "${home.owner.name}"` : '';
    return `ready: PostgreSQL ${version} and the built-in engine come along${user}`;
  });
}

async function dockerFinding({ signal }: Surroundings): Promise<Finding> {
  const { docker } = await import('../programs/docker.ts');
  const { wantedImage } = await import('../programs/docker-image.ts');
  const image = wantedImage();
  const options = { signal, timeoutMs: 15_000 };
  return finding('docker', async () => {
    const version = await docker(['version', '--format', '{{.Server.Version}}'], options);
    const compose = await docker(['compose', 'version', '--short'], options);
    const isThere = await docker(['image', 'inspect', '-f', '{{.Id}}', image], options).then(
      () => true,
      () => false,
    );
    const fetch = isThere ? 'is here' : 'is fetched by the first "lesson up --cluster docker"';
    return `ready: Docker ${version.trim()}, compose ${compose.trim()}; the image ${image} ${fetch}`;
  });
}

const urlFinding: Finding = {
  name: 'postgres://…',
  ok: true,
  says: 'any Citus cluster with a database for the lessons: --cluster postgres://user@host:5432/database',
};

/** What --pg-bin could name. */
async function installations(_: Surroundings): Promise<readonly Finding[]> {
  const { readInstallation } = await import('../programs/installation.ts');
  const { installedPostgres } = await import('../programs/installed-postgres.ts');
  return Promise.all(
    (await installedPostgres()).map((bin) =>
      finding(bin, async () => {
        const { version, citus } = await readInstallation(bin);
        return `PostgreSQL ${version} with ${citus === undefined ? 'the built-in engine' : `Citus ${citus}`}`;
      }),
    ),
  );
}

const getCitus =
  'Real Citus as a package, here for Debian and Ubuntu: "curl https://install.citusdata.com/community/deb.sh | sudo bash", then "sudo apt-get install postgresql-17-citus-13.0"; others: https://docs.citusdata.com/en/stable/installation/multi_node.html';

/** What can be mended is a finding; all else is a bug. */
async function finding(name: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, says: await look() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const says = error.message.replace(`--pg-bin "${name}" `, '');
    return { name, ok: false, says, ...(error.hint && { get: error.hint }) };
  }
}

async function onPath(program: string, { PATH = '' }: Surroundings['env']): Promise<string | undefined> {
  const { access, constants } = await import('node:fs/promises');
  const { delimiter, join } = await import('node:path');
  const names = process.platform === 'win32' ? [`${program}.exe`] : [program];
  for (const dir of PATH.split(delimiter).filter(Boolean)) {
    for (const name of names) {
      const file = join(dir, name);
      if (
        await access(file, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return file;
    }
  }
  return undefined;
}

function describe({ machine, clusters, pgBin }: Diagnosis): string {
  const hasCitus = pgBin.some(({ ok, says }) => ok && says.includes(' Citus '));
  return [
    'This machine',
    ...lines(machine),
    '',
    'Kinds of cluster (--cluster)',
    ...lines(clusters),
    '',
    'Installed PostgreSQL (--pg-bin)',
    ...(pgBin.length > 0 ? lines(pgBin) : ['    none']),
    ...(hasCitus ? [] : [`    ${getCitus}`]),
    '',
  ].join('\n');
}

function lines(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 6);
  return findings.flatMap(({ name, ok, says, get }) => [
    `  ${ok ? '✓' : '✗'} ${name.padEnd(width)}  ${says}`,
    ...(get === undefined ? [] : get.split('\n').map((line) => `${indent}${line}`)),
  ]);
}
