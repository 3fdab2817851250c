// Runs one of PostgreSQL's own programs to its end. Not with zx: its `$` goes through bash, and cannot change the user.
import { spawn } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { UserError } from '../../../errors.ts';
import type { Owner } from '../../../system/owner.ts';

export interface ProgramOptions {
  readonly owner: Owner | undefined;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** What a program leaves running must not keep our pipes open. */
  readonly isSilent?: boolean;
}

export interface ProgramResult {
  readonly exitCode: number | null;
  /** What it printed, errors included. */
  readonly output: string;
}

/**
 * In a group of its own, so that a Ctrl-C at the terminal does not reach it: it is stopped by `signal`, and in order.
 * @throws UserError when it cannot be started or does not end in time; `signal.reason` after an abort.
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  { owner, signal, timeoutMs, env, input, isSilent = false }: ProgramOptions,
): Promise<ProgramResult> {
  signal.throwIfAborted();
  const deadline = AbortSignal.timeout(timeoutMs);
  const stop = AbortSignal.any([signal, deadline]);
  const output = isSilent ? 'ignore' : 'pipe';
  const child = spawn(file, args, {
    cwd: dirname(file),
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', ...systemRoot(), ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', output, output],
    detached: process.platform !== 'win32',
    windowsHide: true,
    ...(owner && { uid: owner.uid, gid: owner.gid }),
  });
  const printed: Buffer[] = [];
  child.stdout?.on('data', (chunk) => printed.push(chunk));
  child.stderr?.on('data', (chunk) => printed.push(chunk));
  child.stdin?.on('error', () => {}); // it ended before it read all: the exit code tells
  child.stdin?.end(input);
  let killTimer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    child.kill('SIGINT');
    killTimer = setTimeout(() => child.kill('SIGKILL'), 5000);
  };
  stop.addEventListener('abort', interrupt, { once: true });
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject).on('close', resolve);
    });
    signal.throwIfAborted();
    if (deadline.aborted) throw failure(file, `did not end within ${timeoutMs / 1000} s`);
    return { exitCode, output: Buffer.concat(printed).toString() };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UserError) throw error;
    throw failure(file, `could not be run: ${(error as Error).message}`, error);
  } finally {
    clearTimeout(killTimer);
    stop.removeEventListener('abort', interrupt);
  }
}

/** Windows starts nothing without it. */
function systemRoot(): Record<string, string> {
  return process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {};
}

function failure(file: string, what: string, cause?: unknown): UserError {
  return new UserError(`${basename(file)} ${what}`, {
    code: 'cluster',
    hint: 'Install the package again, if its files are not what they were.',
    cause,
  });
}
