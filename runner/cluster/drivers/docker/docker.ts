// Runs the program `docker` to its end.
import { explainFailure } from './failures.ts';

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

export interface DockerEnd {
  readonly args: readonly string[];
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** How long it may take to end after it was interrupted. */
const graceMs = 5_000;

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
  { signal, timeoutMs = 60_000, env, input, onLine }: DockerOptions,
): Promise<DockerEnd> {
  signal.throwIfAborted();
  const { $ } = await import('zx/core');
  // In a group of its own: a Ctrl-C at the terminal reaches it through the signal, once, and in order.
  const child = $({
    env: { ...process.env, ...env },
    shell: 'bash',
    prefix: '',
    nothrow: true,
    quiet: true,
    detached: true,
    input: input ?? '',
    stdio: ['pipe', 'pipe', 'pipe'],
  })`exec docker ${[...args]}`;
  child.run();
  if (onLine) for (const stream of [child.stdout, child.stderr]) onEachLine(stream, onLine);

  // zx's own timeout reports success for a process that ignores the signal, so the deadline is kept here.
  const deadline = AbortSignal.timeout(timeoutMs);
  const stop = AbortSignal.any([signal, deadline]);
  let patience: NodeJS.Timeout | undefined;
  const interrupt = () => {
    send(child.pid, 'SIGINT');
    patience = setTimeout(() => send(child.pid, 'SIGKILL'), graceMs);
  };
  stop.addEventListener('abort', interrupt, { once: true });
  try {
    const { exitCode, stdout, stderr } = await child;
    signal.throwIfAborted();
    return { args, exitCode, stdout, stderr, timedOut: deadline.aborted };
  } finally {
    clearTimeout(patience);
    stop.removeEventListener('abort', interrupt);
  }
}

function onEachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}

/** The program and all that it started. */
function send(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended by itself.
  }
}
