// Runs a shell block with bash, through zx, in a folder that its lesson has for itself.
import type { ShellBlock } from '../lesson/types.ts';

export interface ShellEnvironment {
  /** The empty folder in which the lesson's shell blocks run. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type ShellEnd =
  | { readonly status: 'exited'; readonly exitCode: number; readonly output: string }
  | { readonly status: 'killed'; readonly signal: string; readonly output: string }
  | { readonly status: 'timed-out' | 'interrupted'; readonly output: string };

/** How much output is kept for comparison, in characters. */
const keptOutput = 1_000_000;
/** zx keeps all output unless it is given a place that keeps none. */
const nowhere: string[] = Object.assign([], { push: () => 0 });
/** How long a process may take to end after SIGTERM. */
const graceMs = 2_000;

/** Output is what the block prints on stdout and stderr, in order. */
export async function runShell(
  block: ShellBlock,
  text: string,
  { cwd, env }: ShellEnvironment,
  emit: (text: string) => void,
  signal: AbortSignal,
): Promise<ShellEnd> {
  const { $ } = await import('zx/core');
  const child = $({
    cwd,
    env: env as NodeJS.ProcessEnv,
    shell: 'bash',
    prefix: '',
    nothrow: true,
    quiet: true,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    store: { stdout: nowhere, stderr: nowhere, stdall: nowhere },
  })`exec bash -euo pipefail -c ${`exec 2>&1; ${text}`}`;

  let output = '';
  const onText = (chunk: string) => {
    if (output.length < keptOutput) output += chunk;
    emit(chunk);
  };
  child.run();
  child.stdout.setEncoding('utf8').on('data', onText);
  child.stderr.setEncoding('utf8').on('data', onText);

  // zx's own timeout reports success for a process that ignores the signal, so the deadline is kept here.
  let reason: 'timed-out' | 'interrupted' | undefined;
  let patience: NodeJS.Timeout | undefined;
  const stop = (why: 'timed-out' | 'interrupted') => {
    if (reason !== undefined) return;
    reason = why;
    killGroup(child.pid, 'SIGTERM');
    patience = setTimeout(() => killGroup(child.pid, 'SIGKILL'), graceMs);
  };
  const deadline = setTimeout(() => stop('timed-out'), block.timeoutMs);
  const onAbort = () => stop('interrupted');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const end = await child;
    if (reason !== undefined) return { status: reason, output };
    if (end.signal) return { status: 'killed', signal: end.signal, output };
    return { status: 'exited', exitCode: end.exitCode ?? 0, output };
  } finally {
    clearTimeout(deadline);
    clearTimeout(patience);
    signal.removeEventListener('abort', onAbort);
  }
}

/** The block and all that it started. */
function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended by itself.
  }
}
