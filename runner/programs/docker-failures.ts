// What can be wrong with Docker, recognized by what `docker` printed, each with a message of its own.
import { UserError } from '../errors.ts';

/** How a command of `docker` ended. */
export interface DockerEnd {
  readonly args: readonly string[];
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

interface KnownFailure {
  readonly pattern: RegExp;
  /** @param found What the groups of the pattern hold. */
  readonly explain: (found: readonly string[]) => { readonly message: string; readonly hint: string };
}

/** The first that matches counts; where none does, the message is Docker's own. */
const knownFailures: readonly KnownFailure[] = [
  {
    pattern: /exec: docker: (?:not found|cannot execute)|docker: command not found/,
    explain: () => ({
      message: '"docker" is not installed on this machine',
      hint: 'Install it (https://docs.docker.com/get-started/get-docker/), or use "--cluster local", which does not need it.',
    }),
  },
  {
    pattern: /permission denied[^\n]*docker[^\n]*\.sock|permission denied[^\n]*Docker (?:API|daemon)/i,
    explain: () => ({
      message: "this user does not have permission to use Docker's socket",
      hint: 'Run "sudo usermod -aG docker $USER" and log in again, or use Docker Desktop or rootless Docker.',
    }),
  },
  {
    pattern:
      /Cannot connect to the Docker daemon|failed to connect to the docker API|error during connect|docker daemon is not running/i,
    explain: () => ({
      message: 'Docker is installed, but its daemon is not running',
      hint: 'Start Docker Desktop, or run "sudo systemctl start docker".',
    }),
  },
  {
    pattern:
      /'compose' is not a docker command|unknown command: docker compose|unknown shorthand flag: 'p' in -p|unknown flag: --project-name/,
    explain: () => ({
      message:
        'Docker has no "docker compose"; the older program "docker-compose" (version 1) is not supported',
      hint: 'Install version 2, 2.23.1 or later: the package "docker-compose-plugin", or Docker Desktop.',
    }),
  },
  {
    pattern: /configs\.pg_hba[^\n]*(?:content|not allowed|must be)|Additional propert(?:y|ies) content/i,
    explain: () => ({
      message: '"docker compose" on this machine is too old',
      hint: 'Version 2.23.1 or later is required; "docker compose version" shows the installed one.',
    }),
  },
  {
    pattern: /no matching manifest for (\S+)/,
    explain: ([platform]) => ({
      message: `the image is not available for the platform of this machine (${platform})`,
      hint: 'Set DOCKER_DEFAULT_PLATFORM=linux/amd64 to emulate it, or use "--cluster local".',
    }),
  },
  {
    pattern: /toomanyrequests|pull rate limit/,
    explain: () => ({
      message: 'the rate limit of Docker Hub for this address is reached',
      hint: 'Run "docker login", or wait a few hours.',
    }),
  },
  {
    pattern: /manifest unknown|manifest for \S+ not found|pull access denied|repository does not exist/,
    explain: () => ({
      message: 'the image does not exist',
      hint: 'Check LESSON_CITUS_IMAGE; the default is citusdata/citus.',
    }),
  },
  {
    pattern:
      /No such image|dial tcp[^\n]*lookup|no such host|Temporary failure in name resolution|network is unreachable|i\/o timeout|TLS handshake timeout|Client\.Timeout exceeded|connect: connection refused|EOF$/,
    explain: () => ({
      message: 'the image is not on this machine, and its registry cannot be reached',
      hint: 'Connect to the network, or transfer the image with "docker save" and "docker load"; "--cluster local" needs none.',
    }),
  },
  {
    pattern: /port is already allocated|address already in use|Ports are not available/,
    explain: () => ({
      message: 'the port that Docker chose on 127.0.0.1 is used by another program',
      hint: 'Run the command again: it chooses another one.',
    }),
  },
  {
    pattern: /cannot allocate memory|not enough memory|insufficient memory|OOMKilled/i,
    explain: () => ({
      message: 'Docker does not have enough memory for the servers',
      hint: 'Give it more (in Docker Desktop: Settings, Resources; each server takes about 100 MB), or stop other containers.',
    }),
  },
  {
    pattern: /no space left on device/i,
    explain: () => ({
      message: 'the disk that holds the data of Docker is full',
      hint: 'See "docker system df"; "docker system prune" removes unused data.',
    }),
  },
  {
    pattern: /could not find an available[^\n]*address pool|all predefined address pools/,
    explain: () => ({
      message: 'Docker has no addresses left for another network',
      hint: '"docker network prune" removes unused networks.',
    }),
  },
];

export function explainFailure({ args, exitCode, stdout, stderr, timedOut }: DockerEnd): UserError {
  const printed = `${stderr.trim()}\n${stdout.trim()}`.trim();
  const cause = new Error(printed);
  for (const { pattern, explain } of timedOut ? [] : knownFailures) {
    const found = pattern.exec(printed);
    if (found) {
      const { message, hint } = explain(found.slice(1));
      return new UserError(message, { code: 'cluster', hint, cause });
    }
  }
  const what = `"docker ${verbOf(args)}" ${timedOut ? 'timed out' : `failed (exit code ${exitCode})`}`;
  const said = printed.split('\n').slice(-5).join('\n');
  return new UserError(said === '' ? what : `${what}:\n${said}`, {
    code: 'cluster',
    hint: 'Run "docker info" to see whether Docker works.',
    cause,
  });
}

/** Without its options: they are ours, and long. */
function verbOf(args: readonly string[]): string {
  if (args[0] !== 'compose') return args[0] ?? '';
  const verb = args.find((arg, i) => i > 0 && !arg.startsWith('-') && !/^-[pf]$/.test(args[i - 1] ?? ''));
  return `compose ${verb ?? ''}`;
}
