// A program that takes the terminal over, such as psql, an editor or a pager, until it ends.
import { spawn } from 'node:child_process';
import type { Invocation } from '../invocation.ts';

export interface ForegroundOptions extends Pick<Invocation, 'stdin' | 'stdout' | 'stderr' | 'signal'> {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it reads, instead of the terminal. */
  readonly input?: string;
  /** Whether the program is a command for the shell, as in $EDITOR. */
  readonly shell?: boolean;
}

/** Its exit code; undefined where this machine does not have it. */
export async function runInForeground(
  program: string,
  args: readonly string[],
  { stdin, stdout, stderr, signal, env, input, shell = false }: ForegroundOptions,
): Promise<number | undefined> {
  const takeBackSignals = leaveInterruptsToChild();
  try {
    // Not through zx: the program takes the terminal over, line editing and Ctrl-C included.
    const child = spawn(program, args, {
      stdio: [input === undefined ? stdin : 'pipe', stdout, stderr],
      env: { ...env },
      shell,
    });
    const end = () => child.kill();
    signal.addEventListener('abort', end, { once: true });
    child.stdin?.on('error', () => {}); // it may end before it has read everything
    child.stdin?.end(input);
    const exitCode = await new Promise<number | undefined>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ENOENT' ? resolve(undefined) : reject(error),
      );
      child.on('exit', (code) => resolve(code ?? 1));
    });
    signal.removeEventListener('abort', end);
    return shell && exitCode === commandNotFound ? undefined : exitCode;
  } finally {
    takeBackSignals();
  }
}

/** What a shell answers. */
const commandNotFound = 127;

/** The terminal sends Ctrl-C to both processes. */
function leaveInterruptsToChild(): () => void {
  const listeners = process.listeners('SIGINT');
  const ignore = () => {};
  process.removeAllListeners('SIGINT').on('SIGINT', ignore);
  return () => {
    process.off('SIGINT', ignore);
    for (const listener of listeners) process.on('SIGINT', listener);
  };
}
