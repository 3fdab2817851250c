// Timing of whole processes: medians of interleaved runs, so that a noisy moment hits both sides alike.
// @ts-check
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/**
 * @typedef {{ command: string, args: readonly string[], env?: NodeJS.ProcessEnv, cwd?: string }} Program
 */

/**
 * Runs a program to its end; throws with its output where it fails.
 * @param {Program} program
 * @returns {Promise<{ ms: number, stdout: string, stderr: string }>}
 */
export async function timed({ command, args, env = process.env, cwd = process.cwd() }) {
  const started = performance.now();
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
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
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`);
  return { ms, stdout, stderr };
}

/**
 * The median time of each task, in milliseconds; the tasks take turns.
 * @template {string} K
 * @param {number} rounds
 * @param {Record<K, () => Promise<number>>} tasks each returns its own time
 * @returns {Promise<Record<K, number>>}
 */
export async function medians(rounds, tasks) {
  const names = /** @type {K[]} */ (Object.keys(tasks));
  const times = /** @type {Record<K, number[]>} */ (Object.fromEntries(names.map((name) => [name, []])));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) times[name].push(await tasks[name]());
  }
  return /** @type {Record<K, number>} */ (
    Object.fromEntries(names.map((name) => [name, median(times[name])]))
  );
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
