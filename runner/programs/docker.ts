// Runs the program `docker` to its end.
import { runProcess } from '../system/process.ts';
import { type DockerEnd, explainFailure } from './docker-failures.ts';

export interface DockerOptions {
  readonly signal: AbortSignal;
  /** 60 s unless given. */
  readonly timeoutMs?: number;
  /** Beside our own environment: where passwords go, which a command line would show to everybody. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Is given each line of what it prints, errors included, as it comes. */
  readonly onLine?: (line: string) => void;
}

/**
 * Returns what it printed.
 * @throws UserError that says what is wrong with Docker, where it fails; `signal.reason` after an abort.
 */
export async function docker(args: readonly string[], options: DockerOptions): Promise<string> {
  const end = await tryDocker(args, options);
  if (end.exitCode === 0 && !end.timedOut) return end.stdout;
  throw explainFailure(end);
}

/** As `docker`, for those who look at a failure themselves. */
export async function tryDocker(
  args: readonly string[],
  { timeoutMs = 60_000, env, ...options }: DockerOptions,
): Promise<DockerEnd> {
  const { signal } = options;
  const end = await runProcess('docker', args, {
    ...options,
    signal: AbortSignal.any([signal]), // Node warns of more than ten who listen to one
    timeoutMs,
    env: { ...process.env, ...env },
    firstSignal: 'SIGINT',
  }).catch((error: NodeJS.ErrnoException) => {
    signal.throwIfAborted();
    return { exitCode: 127, stdout: '', stderr: `docker: ${spawnFailure(error)}`, why: 'ended' } as const;
  });
  signal.throwIfAborted();
  const { exitCode, stdout, stderr, why } = end;
  return { args, exitCode, stdout, stderr, timedOut: why === 'timed-out' };
}

/** As a shell says it. */
function spawnFailure({ code, message }: NodeJS.ErrnoException): string {
  return code === 'ENOENT' ? 'command not found' : message;
}
