// `npm run bench`: each number beside its baseline, both measured in this run on this machine. Nothing is asserted.
// `npm run bench -- page nodes` takes only these.
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { shippedLessonsDir } from '../runner/paths.ts';
import { author } from './author.ts';
import { clusterFromNothing } from './cluster.ts';
import { clusterInDocker } from './docker.ts';
import { engine } from './engine.ts';
import { grade } from './grade.ts';
import { learner } from './learner.ts';
import { lesson, type Measure } from './measure.ts';
import { nodes } from './nodes.ts';
import { page } from './page.ts';
import { parsing } from './parse.ts';
import { queries } from './queries.ts';
import { sessions } from './restore.ts';
import { startUp } from './start-up.ts';
import { longLesson, manyRows, runLesson } from './walk.ts';

// PostgreSQL does not run as root; whom root hands the servers to must be able to enter.
const dir = await mkdtemp(path.join(process.getuid?.() === 0 ? '/var/lib' : tmpdir(), 'lesson-bench-'));
await chmod(dir, 0o755);
const env = { ...process.env, LESSON_STATE_DIR: path.join(dir, 'state') };
const measures: Readonly<Record<string, Measure>> = {
  startUp,
  parsing,
  runLesson,
  longLesson,
  manyRows,
  engine,
  queries,
  sessions,
  learner,
  page,
  author,
  grade,
  nodes,
  clusterFromNothing,
  clusterInDocker,
};
// A copy of the course: what is done here is no learner's progress.
await cp(shippedLessonsDir, path.join(dir, 'lessons'), { recursive: true });
process.chdir(dir);
const named = process.argv.slice(2);
const wanted = Object.entries(measures).filter(([name]) => named.length === 0 || named.includes(name));
try {
  await lesson(['up'], env);
  console.log(`Node ${process.version}, ${cpus().length} cores. Medians of runs that take turns.\n`);
  console.log('| what | measured | baseline | ratio | target |\n|---|---|---|---|---|');
  for (const [, measure] of wanted) {
    for (const { what, measured, baseline = '', ratio, target } of await measure(dir, env)) {
      console.log(`| ${what} | ${measured} | ${baseline} | ${ratio?.toFixed(2) ?? ''} | ${target} |`);
    }
  }
} finally {
  await lesson(['down', '--all', '--purge'], env);
  await rm(dir, { recursive: true, force: true });
}
