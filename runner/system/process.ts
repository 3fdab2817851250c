// Runs a program, with a deadline that holds.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { Owner } from './owner.ts';
import { descendantsOf, outsideGroup } from './processes.ts';

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

/** Those that are waited for now: none of them outlives this process. */
const supervised = new Set<ChildProcess>();
process.on('exit', () => {
  for (const { pid } of supervised) signalGroup(pid, 'SIGKILL');
});

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

/**
 * Waits for a child process that leads its own group. At the deadline, or an abort, the group and what left it are
 * asked to end, then killed. What else keeps the pipes open is not waited for longer than the grace, nor is it when the
 * process itself has ended.
 */
export async function superviseProcess(
  child: ChildProcess,
  { signal, timeoutMs, firstSignal = 'SIGTERM', graceMs = 5_000 }: ProcessLimits,
): Promise<Pick<ProcessEnd, 'exitCode' | 'killedBy' | 'why'>> {
  let why: ProcessEnd['why'] = 'ended';
  let family: readonly number[] = [];
  const timers: NodeJS.Timeout[] = [];
  const closePipes = () => {
    for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  };
  const signalAll = async (name: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    family = [...family, ...(await descendantsOf(child.pid))];
    signalGroup(child.pid, name);
    // Looked at after the signal: a child may leave the group at any time before.
    for (const pid of await outsideGroup(child.pid, family)) signalProcess(pid, name);
  };
  const stop = (reason: ProcessEnd['why']) => {
    if (why !== 'ended' || hasEnded(child)) return;
    why = reason;
    void signalAll(firstSignal);
    timers.push(setTimeout(() => void signalAll('SIGKILL').then(closePipes), graceMs));
  };
  timers.push(setTimeout(() => stop('timed-out'), timeoutMs));
  const onAbort = () => stop('interrupted');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  supervised.add(child);
  try {
    const [exitCode, killedBy] = await new Promise<[number | null, NodeJS.Signals | null]>(
      (resolve, reject) => {
        child
          .on('error', reject)
          .on('exit', () => timers.push(setTimeout(closePipes, graceMs)))
          .on('close', (code, killer) => resolve([code, killer]));
      },
    );
    return { exitCode, killedBy, why };
  } finally {
    supervised.delete(child);
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk.slice(0, keptOutput - text.length);
  });
  return () => text;
}

/** Longer lines come in parts. */
const longestLine = 100_000;

function onEachLine(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream
    ?.on('data', (chunk: string) => {
      const lines = `${rest}${chunk}`.split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      if (rest.length > longestLine) flush();
    })
    .on('end', () => rest !== '' && flush());
  const flush = () => {
    onLine(rest);
    rest = '';
  };
}

/** The process and all that it started, unless they made a group of their own. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid !== undefined) signalProcess(process.platform === 'win32' ? pid : -pid, signal);
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
