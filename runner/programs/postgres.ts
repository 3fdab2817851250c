// Runs one of PostgreSQL's own programs to its end. Not with zx: its `$` goes through bash, and cannot change the user.
import { basename, dirname } from 'node:path';
import { UserError } from '../errors.ts';
import { type ProcessOptions, runProcess } from '../system/process.ts';

export interface ProgramResult {
  readonly exitCode: number | null;
  /** What it printed, errors included. */
  readonly output: string;
}

/** @throws UserError when it cannot be started or does not end in time; `signal.reason` after an abort. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: Omit<ProcessOptions, 'cwd' | 'firstSignal'>,
): Promise<ProgramResult> {
  const { signal, timeoutMs, env } = options;
  const end = await runProcess(file, args, {
    ...options,
    cwd: dirname(file),
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', ...systemRoot(), ...env },
    firstSignal: 'SIGINT',
  }).catch((error: Error) => {
    signal.throwIfAborted();
    throw failure(file, `could not be run: ${error.message}`, error);
  });
  signal.throwIfAborted();
  if (end.why === 'timed-out') throw failure(file, `did not finish within ${timeoutMs / 1000} s`);
  return { exitCode: end.exitCode, output: end.stderr + end.stdout };
}

/** Windows starts nothing without it. */
function systemRoot(): Record<string, string> {
  return process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {};
}

function failure(file: string, what: string, cause?: unknown): UserError {
  return new UserError(`${basename(file)} ${what}`, {
    code: 'cluster',
    hint: 'Reinstall the package if its files have changed.',
    cause,
  });
}
