// Timing of whole processes: medians of tasks that take turns, so that a noisy moment hits both sides alike.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Line {
  readonly what: string;
  readonly measured: string;
  readonly baseline?: string;
  readonly ratio?: number;
  readonly target: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** `dir` is the measure's own; `env` leads to a state folder in which only the benchmark works. */
export type Measure = (dir: string, env: Environment) => Promise<readonly Line[]>;

export interface Ended {
  readonly ms: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));

/** Runs Node to its end; throws with its output where it fails. */
export async function node(args: readonly string[], env: Environment): Promise<Ended> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    if (stdout.length < 1e6) stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const ms = performance.now() - started;
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`);
  return { ms, stdout, stderr };
}

export const lesson = (args: readonly string[], env: Environment, nodeArgs: readonly string[] = []) =>
  node([...nodeArgs, bin, ...args], env);

/** The median time of each task, in milliseconds; each returns its own. */
export async function medians<K extends string>(
  rounds: number,
  tasks: Readonly<Record<K, () => Promise<number>>>,
): Promise<Readonly<Record<K, number>>> {
  const names = Object.keys(tasks) as K[];
  const times = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) times.get(name)?.push(await tasks[name]());
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<K, number>;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
