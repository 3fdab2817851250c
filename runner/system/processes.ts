// What runs on this machine: by process id, and by command line.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { UserError } from '../errors.ts';
import { until } from './until.ts';

const usesProc = process.platform === 'linux';

/** The command line of a process, its arguments apart by NUL where the system keeps them apart; undefined if gone. */
export async function commandOf(pid: number): Promise<string | undefined> {
  if (usesProc) return readProc(pid, 'cmdline');
  const [command] = await listCommands(['-p', String(pid)]);
  return command?.command;
}

/** The processes whose command line `matches`. */
export async function findProcesses(matches: (command: string) => boolean): Promise<readonly number[]> {
  if (!usesProc) {
    const all = await listCommands(['-ax']);
    return all.filter(({ command }) => matches(command)).map(({ pid }) => pid);
  }
  return processIds().filter((pid) => {
    const command = readProc(pid, 'cmdline');
    return command !== undefined && matches(command);
  });
}

/** What a process started, and what that did; not what has lost a parent. */
export async function descendantsOf(ancestor: number): Promise<readonly number[]> {
  const all = await listRelations();
  const below = (parent: number): number[] =>
    all.flatMap((each) => (each.parent === parent ? [each.pid, ...below(each.pid)] : []));
  return below(ancestor);
}

/** Those of the processes that still run and are not in this process group, by the process id of its leader. */
export async function outsideGroup(leader: number, pids: readonly number[]): Promise<readonly number[]> {
  const all = await listRelations();
  return all.flatMap(({ pid, group }) => (group !== leader && pids.includes(pid) ? [pid] : []));
}

/** A mark that tells a process from a later one with the same id; empty where the system has none that is cheap. */
export async function startMark(pid: number): Promise<string> {
  return usesProc ? (fieldsOf(readProc(pid, 'stat'))[19] ?? '') : '';
}

/** Whether a process runs; one that has ended but that its parent did not collect does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !usesProc || /^[^ZX]/.test(await stateOf(pid)); // before that it may still hold its port
}

/** Sends a signal, unless the process has ended by itself. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const goneMs = 10_000;

/** Returns when they are gone. @throws UserError where the system does not end one. */
export async function killProcesses(pids: readonly number[], signal: AbortSignal): Promise<void> {
  for (const pid of pids) sendSignal(pid, 'SIGKILL');
  for (const pid of pids) {
    const isGone = async () => !(await isAlive(pid));
    if (await until(isGone, { signal, timeoutMs: goneMs, everyMs: 2 })) continue;
    throw new UserError(`process ${pid} did not exit after SIGKILL`, {
      code: 'cluster',
      hint: 'It may be waiting for a disk. Terminate it, or restart the machine.',
    });
  }
}

/** Whether a process was stopped by a signal, and goes on only after another one. */
export async function isPaused(pid: number): Promise<boolean> {
  if (usesProc) return (await stateOf(pid)) === 'T';
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'state=']).catch(() => ({
    stdout: '',
  }));
  return stdout.startsWith('T');
}

/** The letter of `man proc_pid_stat`; empty if gone. */
async function stateOf(pid: number): Promise<string> {
  return fieldsOf(readProc(pid, 'stat'))[0] ?? '';
}

/** The fields of `man proc_pid_stat` from the third on: after the name, which may hold blanks and brackets. */
function fieldsOf(stat = ''): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

interface Relation {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

async function listRelations(): Promise<readonly Relation[]> {
  if (usesProc) {
    return processIds().map((pid) => {
      const [, parent, group] = fieldsOf(readProc(pid, 'stat')).map(Number);
      return { pid, parent: parent ?? 0, group: group ?? 0 };
    });
  }
  const { stdout } = await promisify(execFile)('ps', ['-ax', '-o', 'pid=,ppid=,pgid=']).catch(() => ({
    stdout: '',
  }));
  return [...stdout.matchAll(/(\d+) +(\d+) +(\d+)/g)].map(([, ...numbers]) => {
    const [pid = 0, parent = 0, group = 0] = numbers.map(Number);
    return { pid, parent, group };
  });
}

const processIds = (): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);

/** The system makes these files up as they are read: the thread pool costs ten times as much as the reading. */
function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8') || undefined;
  } catch {
    return undefined;
  }
}

async function listCommands(which: readonly string[]): Promise<{ pid: number; command: string }[]> {
  if (process.platform === 'win32') return [];
  const { stdout } = await promisify(execFile)('ps', [...which, '-ww', '-o', 'pid=,command=']).catch(() => ({
    stdout: '',
  }));
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+) (.*)$/.exec(line))
    .filter((found) => found !== null)
    .map(([, pid, command]) => ({ pid: Number(pid), command: command ?? '' }));
}
