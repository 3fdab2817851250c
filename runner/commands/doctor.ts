// `lesson doctor`: what this machine has, what each kind of cluster needs, and how to get it.
import { statfs } from 'node:fs/promises';
import { withCommand } from '../command-name.ts';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';

interface Options {
  readonly json: boolean;
}

/** A part of this machine that clusters or lessons use. */
interface Component {
  readonly name: string;
  readonly ok: boolean;
  readonly says: string;
  /** What to do where it is not ok, or could be better. */
  readonly hint?: string;
}

interface Diagnosis {
  readonly machine: readonly Component[];
  readonly clusters: readonly Component[];
  readonly pgBin: readonly Component[];
}

export async function doctor({ json }: Options, invocation: Invocation): Promise<number> {
  const [machine, local, docker, pgBin] = await Promise.all([
    machineComponents(invocation),
    localCluster(invocation),
    dockerCluster(invocation),
    installations(invocation),
  ]);
  const diagnosis: Diagnosis = {
    machine,
    clusters: [local, docker, oneServer(local), urlCluster],
    pgBin,
  };
  const { command, stdout } = invocation;
  stdout.write(json ? `${JSON.stringify(diagnosis, null, 2)}\n` : withCommand(describe(diagnosis), command));
  return local.ok ? exitCodes.ok : exitCodes.cluster;
}

async function machineComponents({ env }: Invocation): Promise<readonly Component[]> {
  const psql = await onPath('psql', env);
  const bash = await onPath('bash', env);
  return [
    { name: 'Node', ok: true, says: process.versions.node },
    bash === undefined
      ? { name: 'bash', ok: false, says: 'not found: shell blocks will fail', hint: 'Install bash.' }
      : { name: 'bash', ok: true, says: bash },
    psql === undefined
      ? {
          name: 'psql',
          ok: true,
          says: 'not found; "lesson psql" uses a prompt of its own',
          hint: 'Install PostgreSQL\'s client for the original: "apt-get install postgresql-client", "brew install libpq".',
        }
      : { name: 'psql', ok: true, says: psql },
  ];
}

/** What a cluster takes, in bytes. */
const roomNeeded = 200e6;

async function localCluster({ signal }: Invocation): Promise<Component> {
  const { findBinaries } = await import('../programs/binaries.ts');
  const { runProgram } = await import('../programs/postgres.ts');
  const { openStateFolder } = await import('../system/state-folder.ts');
  return examine('local', async () => {
    const state = await openStateFolder();
    const { postgres } = await findBinaries(state);
    const { output } = await runProgram(postgres, ['--version'], {
      owner: state.owner,
      signal,
      timeoutMs: 10_000,
    });
    const version = /\d[\d.]*/.exec(output)?.[0];
    if (version === undefined) {
      throw new UserError(`the bundled PostgreSQL does not run on this machine: ${output.trim()}`, {
        code: 'cluster',
        hint: 'Use an installed one with --pg-bin DIR, or use --cluster docker.',
      });
    }
    const { bavail, bsize } = await statfs(state.dir);
    if (bavail * bsize < roomNeeded) {
      throw new UserError(`there is not enough disk space for a cluster in "${state.dir}"`, {
        code: 'cluster',
        hint: 'Free 200 MB, or set LESSON_STATE_DIR to a folder on another disk.',
      });
    }
    const user = state.owner ? `, run as user "${state.owner.name}"` : '';
    return `ready: PostgreSQL ${version} and the built-in engine are bundled${user}`;
  });
}

/** It is made of the same programs. */
const oneServer = (local: Component): Component => ({
  ...local,
  name: 'postgres',
  says: local.says.replace(' and the built-in engine are', ' is'),
});

async function dockerCluster({ signal }: Invocation): Promise<Component> {
  const { docker } = await import('../programs/docker.ts');
  const { wantedImage } = await import('../programs/docker-image.ts');
  const image = wantedImage();
  const options = { signal, timeoutMs: 15_000 };
  return examine('docker', async () => {
    const version = await docker(['version', '--format', '{{.Server.Version}}'], options);
    const compose = await docker(['compose', 'version', '--short'], options);
    const isThere = await docker(['image', 'inspect', '-f', '{{.Id}}', image], options).then(
      () => true,
      () => false,
    );
    const fetch = isThere ? 'is present' : 'will be pulled by the first "lesson up --cluster docker"';
    return `ready: Docker ${version.trim()}, compose ${compose.trim()}; the image ${image} ${fetch}`;
  });
}

const urlCluster: Component = {
  name: 'postgres://…',
  ok: true,
  says: 'any Citus cluster with a database for the lessons: --cluster postgres://user@host:5432/database',
};

/** What --pg-bin could name. */
async function installations(_: Invocation): Promise<readonly Component[]> {
  const { readInstallation } = await import('../programs/installation.ts');
  const { findInstallations } = await import('../programs/find-installations.ts');
  return Promise.all(
    (await findInstallations()).map((bin) =>
      examine(bin, async () => {
        const { version, citus } = await readInstallation(bin);
        return `PostgreSQL ${version} with ${citus === undefined ? 'the built-in engine' : `Citus ${citus}`}`;
      }),
    ),
  );
}

const getCitus =
  'Real Citus as a package, here for Debian and Ubuntu: "curl https://install.citusdata.com/community/deb.sh | sudo bash", then "sudo apt-get install postgresql-17-citus-13.0"; others: https://docs.citusdata.com/en/stable/installation/multi_node.html';

/** A UserError says what is wrong with the component; all else is a bug. */
async function examine(name: string, look: () => Promise<string>): Promise<Component> {
  try {
    return { name, ok: true, says: await look() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const says = error.message.replace(`--pg-bin "${name}" `, '');
    return { name, ok: false, says, ...(error.hint && { hint: error.hint }) };
  }
}

async function onPath(program: string, { PATH = '' }: Invocation['env']): Promise<string | undefined> {
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

function lines(components: readonly Component[]): readonly string[] {
  const width = Math.max(...components.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 6);
  return components.flatMap(({ name, ok, says, hint }) => [
    `  ${ok ? '✓' : '✗'} ${name.padEnd(width)}  ${says}`,
    ...(hint === undefined ? [] : hint.split('\n').map((line) => `${indent}${line}`)),
  ]);
}
