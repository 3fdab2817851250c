// Every trouble with Docker, played by a program named `docker`, as the real one words it.
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bin } from '../support/binary.ts';

let dir: string;
let bash: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lesson fake docker '));
  await chmod(dir, 0o755);
  bash = (await promisify(execFile)('bash', ['-c', 'type -P bash'])).stdout.trim();
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let folders = 0;

/** Runs `lesson` where `docker` is this shell script; without one, where there is none. */
async function lesson(args: readonly string[], script?: string, env: Readonly<Record<string, string>> = {}) {
  const path = join(dir, `bin-${folders++}`);
  await mkdir(path);
  // zx looks for a shell; nothing else is there. A folder "docker" is, in the working directory.
  await symlink(bash, join(path, 'bash'));
  await symlink(bin, join(path, 'lesson'));
  if (script !== undefined) {
    await writeFile(join(path, 'docker'), `#!${bash}\n${script}\n`);
    await chmod(join(path, 'docker'), 0o755);
  }
  const state = { LESSON_STATE_DIR: join(dir, `state-${folders}`), PATH: path, HOME: dir, ...env };
  return new Promise<{ exitCode: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [bin, ...args], { env: state }, (error, stdout, stderr) =>
      resolve({ exitCode: error?.code ?? 0, stdout, stderr }),
    );
  });
}

const up = (script?: string) => lesson(['up', '--cluster', 'docker'], script);

const say = (message: string) => `printf '%s\\n' '${message.replaceAll("'", "'\\''")}' >&2`;
/** A line for the script: with these arguments `docker` fails so. What no line is about succeeds, and prints nothing. */
const failsAt = (when: string, message: string, exitCode = 1) =>
  `if [[ "$*" == ${when} ]]; then ${say(message)}; exit ${exitCode}; fi`;

const noImage = failsAt(
  'image\\ inspect*',
  'Error response from daemon: No such image: citusdata/citus:14.1.0',
);
const pull = 'pull*';
const composeUp = '*compose*up*';

/** Compose makes a container, which is there, and has ended, from then on. */
const endsAt = (exitCode: number) =>
  [
    `if [[ "$*" == ${composeUp} ]]; then : >"$LESSON_STATE_DIR/made"; exit 0; fi`,
    `if [[ "$*" == ps*--format* && -f "$LESSON_STATE_DIR/made" ]]; then`,
    `  printf 'worker-1\\texited\\t\\tExited (${exitCode}) 1 second ago\\n'; exit 0`,
    'fi',
  ].join('\n');

interface Trouble {
  readonly when: string;
  readonly script?: string;
  readonly says: string;
  readonly hint: string;
}

const troubles: readonly Trouble[] = [
  {
    when: 'there is no docker',
    says: '"docker" is not installed on this machine',
    hint: '"--cluster local", which does not need it',
  },
  {
    when: 'the daemon does not run',
    script: failsAt(
      '*',
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    ),
    says: 'its daemon is not running',
    hint: 'sudo systemctl start docker',
  },
  {
    when: 'the daemon does not run, as the version of 2025 says it',
    script: failsAt(
      '*',
      'failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory',
    ),
    says: 'its daemon is not running',
    hint: 'Start Docker Desktop',
  },
  {
    when: 'the socket is not for this user',
    script: failsAt(
      '*',
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/containers/json": dial unix /var/run/docker.sock: connect: permission denied',
    ),
    says: "this user does not have permission to use Docker's socket",
    hint: 'sudo usermod -aG docker $USER',
  },
  {
    when: 'compose is of version 1 only',
    script: failsAt('compose*', "docker: 'compose' is not a docker command.\nSee 'docker --help'"),
    says: 'the older program "docker-compose" (version 1) is not supported',
    hint: '2.23.1 or later',
  },
  {
    when: 'there is no compose, as older versions say it',
    script: failsAt('compose*', "unknown shorthand flag: 'p' in -p\nSee 'docker --help'.", 125),
    says: 'Docker has no "docker compose"',
    hint: 'docker-compose-plugin',
  },
  {
    when: 'compose is too old for our file',
    script: failsAt(
      'compose*',
      'validating compose.yml: configs.pg_hba Additional property content is not allowed',
      15,
    ),
    says: '"docker compose" on this machine is too old',
    hint: 'Version 2.23.1 or later is required',
  },
  {
    when: 'the image is not there and there is no network',
    script: `${noImage}; ${failsAt(pull, 'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 127.0.0.11:53: no such host')}`,
    says: 'the image is not on this machine, and its registry cannot be reached',
    hint: 'Connect to the network',
  },
  {
    when: 'there is no such image',
    script: `${noImage}; ${failsAt(pull, 'Error response from daemon: manifest for citusdata/citus:99 not found: manifest unknown: manifest unknown')}`,
    says: 'the image does not exist',
    hint: 'LESSON_CITUS_IMAGE',
  },
  {
    when: 'the image is made for other machines',
    script: `${noImage}; ${failsAt(pull, 'no matching manifest for linux/riscv64 in the manifest list entries')}`,
    says: 'not available for the platform of this machine (linux/riscv64)',
    hint: 'DOCKER_DEFAULT_PLATFORM',
  },
  {
    when: 'Docker Hub has had enough',
    script: `${noImage}; ${failsAt(pull, 'toomanyrequests: You have reached your unauthenticated pull rate limit.')}`,
    says: 'the rate limit of Docker Hub',
    hint: 'docker login',
  },
  {
    when: 'the port is taken',
    script: failsAt(
      composeUp,
      'Error response from daemon: driver failed programming external connectivity on endpoint lesson-default-coordinator-1: Bind for 127.0.0.1:32768 failed: port is already allocated',
    ),
    says: 'the port that Docker chose on 127.0.0.1 is used',
    hint: 'Run the command again',
  },
  {
    when: 'there is not enough memory',
    script: failsAt(
      composeUp,
      'Error response from daemon: failed to create task for container: failed to start shim: fork/exec: cannot allocate memory: unknown',
    ),
    says: 'Docker does not have enough memory for the servers',
    hint: 'Settings, Resources',
  },
  {
    when: 'the disk is full',
    script: failsAt(
      composeUp,
      'Error response from daemon: mkdir /var/lib/docker/overlay2/x: no space left on device',
    ),
    says: 'the disk that holds the data of Docker is full',
    hint: 'docker system df',
  },
  {
    when: 'there are too many networks',
    script: failsAt(
      composeUp,
      'failed to create network lesson-default_cluster: Error response from daemon: could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
    ),
    says: 'Docker has no addresses left',
    hint: 'docker network prune',
  },
  {
    when: 'a container ends at once',
    script: [
      endsAt(1),
      `if [[ "$*" == inspect* ]]; then echo '1 false'; exit 0; fi`,
      `if [[ "$*" == logs* ]]; then ${say('FATAL:  data directory "/x" has wrong ownership')}; exit 0; fi`,
    ].join('\n'),
    says: 'the container of worker-1 exited (exit code 1). The last lines of its log:\n  FATAL:  data directory "/x" has wrong ownership',
    hint: 'lesson doctor',
  },
  {
    when: 'a container was killed for its memory',
    script: [endsAt(137), `if [[ "$*" == inspect* ]]; then echo '137 true'; exit 0; fi`].join('\n'),
    says: 'worker-1 ran out of memory',
    hint: 'give Docker more memory',
  },
  {
    when: 'something fails that nobody thought of',
    script: failsAt(composeUp, 'Error response from daemon: the moon is full', 18),
    says: '"docker compose up" failed (exit code 18):\nError response from daemon: the moon is full',
    hint: 'docker info',
  },
];

describe('what can be wrong with Docker', () => {
  test.for(troubles)('$when', async ({ script, says, hint }, { expect }) => {
    const { exitCode, stdout, stderr } = await up(script);
    expect(stderr).toContain(says);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
    expect(exitCode).toBe(3);
  });
});

test('a fetch of minutes says what is happening', async () => {
  const layers = Array.from({ length: 3 }, (_, i) => `00000000000${i}`);
  const { stderr } = await up(
    [
      noImage,
      `if [[ "$*" == pull* ]]; then`,
      ...layers.map((layer) => `  echo '${layer}: Pulling fs layer'`),
      `  echo '${layers[0]}: Pull complete'`,
      failsAt(pull, 'unexpected EOF'),
      'fi',
    ].join('\n'),
  );
  expect(stderr).toContain('Pulling the image citusdata/citus:14.1.0. This takes a few minutes');
});

test('a cluster that ran when the machine went down is created again', async () => {
  const state = join(dir, 'state of a crash');
  const folder = join(state, 'docker', 'default');
  await mkdir(folder, { recursive: true });
  const nodes = [
    { name: 'coordinator', role: 'coordinator' },
    { name: 'worker-1', role: 'worker' },
  ];
  const blueprint = { image: 'x' };
  const record = {
    ...{ createdAt: '', id: 'x', blueprint, password: 'x', workers: 1, nodes, layout: '', isWhole: true },
  };
  await writeFile(join(folder, 'cluster.json'), JSON.stringify(record));
  const script = [
    `if [[ "$*" == ps*Status* ]]; then printf '%s\\texited\\t\\tExited (255) 2 minutes ago\\n' coordinator worker-1; exit 0; fi`,
    failsAt('*compose*down*', 'enough'),
  ].join('\n');
  const { stderr } = await lesson(['up', '--cluster', 'docker'], script, { LESSON_STATE_DIR: state });
  expect(stderr).toContain('may have been corrupted when the machine crashed');
});

test('another image can be named', async () => {
  const { stderr } = await lesson(
    ['up', '--cluster', 'docker'],
    `${noImage}; ${failsAt(pull, 'no such host')}`,
    {
      LESSON_CITUS_IMAGE: 'example.org/citus:1',
    },
  );
  expect(stderr).toContain('Pulling the image example.org/citus:1.');
});

test('commands that need no Docker ask for none', async () => {
  const { exitCode, stderr } = await lesson(['status']);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
});
