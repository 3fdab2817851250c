// `npm run bench`: each number beside its baseline, both measured in this run on this machine. Nothing is asserted.
// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { clusterFromNothing } from './cluster.mjs';
import { longLesson, manyRows, runLesson } from './lesson.mjs';
import { parsing } from './parse.mjs';
import { startUp } from './start-up.mjs';

/**
 * @typedef {{ what: string, measured: string, baseline?: string, ratio?: number, target: string }} Line
 */

const dir = await mkdtemp(path.join(process.getuid?.() === 0 ? '/var/lib' : tmpdir(), 'lesson bench '));
const env = { ...process.env, LESSON_STATE_DIR: path.join(dir, 'state') };
try {
  console.log(`Node ${process.version}, ${cpus().length} cores. Medians of interleaved runs.\n`);
  console.log('| what | measured | baseline | ratio | target |\n|---|---|---|---|---|');
  for (const measure of [startUp, parsing, clusterFromNothing, runLesson, longLesson, manyRows]) {
    for (const { what, measured, baseline = '', ratio, target } of await measure(dir, env)) {
      console.log(`| ${what} | ${measured} | ${baseline} | ${ratio?.toFixed(2) ?? ''} | ${target} |`);
    }
  }
} finally {
  const { lesson } = await import('./lesson.mjs');
  await lesson(['down', '--all', '--purge'], env);
  await rm(dir, { recursive: true, force: true });
}
