// Runs a shell block with bash, through zx, in a folder that its lesson has for itself.

import { UserError } from '../../errors.ts';
import { grouped } from '../../lesson/grouped.ts';
import type { ShellBlock } from '../../lesson/types.ts';
import { superviseProcess } from '../../system/process.ts';
import type { LessonEvent } from '../events.ts';

export interface ShellEnvironment {
  /** The empty folder in which the lesson's shell blocks run. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type ShellEnd =
  | { readonly status: 'exited'; readonly exitCode: number; readonly output: string }
  | { readonly status: 'killed'; readonly signal: string; readonly output: string }
  | { readonly status: 'timed-out' | 'interrupted'; readonly output: string };

/** How much of a block's output is shown and compared, in characters. */
const keptOutput = 1_000_000;
/** zx keeps all output unless it is given a place that keeps none. */
const nowhere: string[] = Object.assign([], { push: () => 0 });
/** How long a process may take to end after SIGTERM. */
const graceMs = 2_000;

/**
 * Output is what the block prints on stdout and stderr, in order.
 * @throws UserError where bash cannot be started.
 */
export async function runShell(
  block: ShellBlock,
  text: string,
  { cwd, env }: ShellEnvironment,
  emit: (event: LessonEvent) => void,
  signal: AbortSignal,
): Promise<ShellEnd> {
  const { $ } = await import('zx/core');
  const shell = $({
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
  let printed = 0;
  const onText = (chunk: string) => {
    const kept = chunk.slice(0, keptOutput - output.length);
    printed += chunk.length;
    output += kept;
    if (kept !== '') emit({ type: 'shell-output', text: kept });
  };
  shell.run();
  const child = shell.child!;
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onText);

  // zx's own timeout reports success for a process that ignores the signal, so the deadline is kept here.
  const limits = { signal, timeoutMs: block.timeoutMs, graceMs };
  const { why, exitCode, killedBy } = await superviseProcess(child, limits).catch((cause: Error) => {
    const message = `a shell block needs bash, which cannot be started: ${cause.message}`;
    throw new UserError(message, { code: 'lesson', place: block.place, cause });
  });
  if (printed > keptOutput) {
    const message = `the first ${grouped(keptOutput)} of ${grouped(printed)} characters are shown and compared`;
    emit({ type: 'notice', notice: { severity: 'LESSON', message } });
  }
  if (why !== 'ended') return { status: why, output };
  if (killedBy !== null) return { status: 'killed', signal: killedBy, output };
  return { status: 'exited', exitCode: exitCode ?? 0, output };
}
