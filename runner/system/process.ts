// Runs a program, with a deadline that holds. Every child process of this package ends here.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { Owner } from './owner.ts';

export interface ProcessLimits {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** What asks it to end: SIGTERM unless given. */
  readonly firstSignal?: NodeJS.Signals;
  /** How long it may take to end after it was asked to, in milliseconds; then it is killed. 5 s unless given. */
  readonly graceMs?: number;
}

export interface ProcessOptions extends ProcessLimits {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Whom it runs as, where that is not this user. */
  readonly owner?: Owner | undefined;
  /** What a program leaves running must not keep our pipes open. */
  readonly isSilent?: boolean;
  /** Is given each line of what it prints, errors included, as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Success and failure have one shape; `why` says who ended it. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  /** The signal that ended it. */
  readonly killedBy: NodeJS.Signals | null;
  readonly why: 'ended' | 'timed-out' | 'interrupted';
  readonly stdout: string;
  readonly stderr: string;
}

/** What is kept of each stream, in characters. */
const keptOutput = 10_000_000;

/**
 * In a group of its own, so that a Ctrl-C at the terminal does not reach it: it is ended by `signal`, and in order.
 * @throws What `spawn` reports where it cannot be started.
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  { cwd, env, input, owner, isSilent = false, onLine, ...limits }: ProcessOptions,
): Promise<ProcessEnd> {
  limits.signal.throwIfAborted();
  const output = isSilent ? 'ignore' : 'pipe';
  const options: SpawnOptions = {
    ...(cwd !== undefined && { cwd }),
    ...(env && { env }),
    ...(owner && { uid: owner.uid, gid: owner.gid }),
    stdio: [input === undefined ? 'ignore' : 'pipe', output, output],
    detached: process.platform !== 'win32',
    windowsHide: true,
  };
  const child = spawn(file, args, options);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  if (onLine) for (const stream of [child.stdout, child.stderr]) onEachLine(stream, onLine);
  child.stdin?.on('error', () => {}); // it ended before it read everything: the exit code tells
  child.stdin?.end(input);
  const end = await superviseProcess(child, limits);
  return { ...end, stdout: stdout(), stderr: stderr() };
}

/**
 * Waits for a child process that leads its own group. At the deadline, or an abort, the group is asked to end, then
 * killed; a process that left the group and keeps the pipes open is not waited for.
 */
export async function superviseProcess(
  child: ChildProcess,
  { signal, timeoutMs, firstSignal = 'SIGTERM', graceMs = 5_000 }: ProcessLimits,
): Promise<Pick<ProcessEnd, 'exitCode' | 'killedBy' | 'why'>> {
  let why: ProcessEnd['why'] = 'ended';
  let patience: NodeJS.Timeout | undefined;
  const stop = (reason: ProcessEnd['why']) => {
    if (why !== 'ended') return;
    why = reason;
    signalGroup(child.pid, firstSignal);
    patience = setTimeout(() => {
      signalGroup(child.pid, 'SIGKILL');
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
    }, graceMs);
  };
  const deadline = setTimeout(() => stop('timed-out'), timeoutMs);
  const onAbort = () => stop('interrupted');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const [exitCode, killedBy] = await new Promise<[number | null, NodeJS.Signals | null]>(
      (resolve, reject) => {
        child.on('error', reject).on('close', (code, killer) => resolve([code, killer]));
      },
    );
    return { exitCode, killedBy, why };
  } finally {
    clearTimeout(deadline);
    clearTimeout(patience);
    signal.removeEventListener('abort', onAbort);
  }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < keptOutput) text += chunk;
  });
  return () => text;
}

function onEachLine(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}

/** The process and all that it started, unless they made a group of their own. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended by itself.
  }
}
