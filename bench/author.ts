// What authors and instructors wait for: lint, `check` on two clusters, the cost of reports, and a save of `lesson write`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { shippedLessonsDir } from '../runner/paths.ts';
import { bin, type Environment, type Line, lesson, type Measure, medians } from './measure.ts';

/** Two that take about as long: half a minute each. */
const checked = ['03-distribution', '05-routing'];

export const author: Measure = async (dir, env) => [
  await lint(env),
  await jobs(env),
  await reports(dir, env),
  await saves(dir, env),
];

async function lint(env: Environment): Promise<Line> {
  const { all } = await medians(7, { all: async () => (await lesson(['lint'], env)).ms });
  return { what: '`lesson lint` of all lessons', measured: `${all.toFixed(0)} ms`, target: '≤ 500 ms' };
}

async function jobs(env: Environment): Promise<Line> {
  const check = (count: string) => async () =>
    (await lesson(['check', ...checked, '--jobs', count, '--trust'], env)).ms;
  await check('2')(); // the second cluster is there
  const { one, two } = await medians(1, { one: check('1'), two: check('2') });
  return {
    what: '`lesson check --jobs 2` of two lessons',
    measured: `${(two / 1_000).toFixed(1)} s`,
    baseline: `\`--jobs 1\` ${(one / 1_000).toFixed(1)} s`,
    ratio: two / one,
    target: '≤ 0.65',
  };
}

async function reports(dir: string, env: Environment): Promise<Line> {
  const files = ['json', 'junit', 'tap', 'github'].flatMap((name) => [
    '--reporter',
    `${name}=${path.join(dir, name)}`,
  ]);
  const run = (...more: readonly string[]) =>
    lesson(['run', '03-distribution', '--yes', '--trust', '--reporter', 'terminal', ...more], env);
  await run();
  const { none, four } = await medians(15, {
    none: async () => (await run()).ms,
    four: async () => (await run(...files)).ms,
  });
  return {
    what: '`lesson run 03-distribution --yes` with four more reports',
    measured: `${four.toFixed(0)} ms`,
    baseline: `without them ${none.toFixed(0)} ms`,
    ratio: four / none,
    target: '≤ 1.02',
  };
}

/** A block in the middle of a lesson is changed and saved. */
async function saves(dir: string, env: Environment): Promise<Line> {
  const id = '03-distribution';
  const lessons = path.join(dir, 'written');
  await mkdir(lessons, { recursive: true });
  const file = path.join(lessons, `${id}.md`);
  for (const end of ['.md', '.states.json'])
    await copyFile(path.join(shippedLessonsDir, id + end), path.join(lessons, id + end));
  const text = await readFile(file, 'utf8');
  const child = spawn(process.execPath, [bin, 'write', id, '--lessons', lessons, '--trust'], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.setEncoding('utf8');
  const verdict = async () => {
    for (let all = ''; !/^[✓✗] .*ran, /m.test(all); ) all += (await once(child.stdout, 'data'))[0];
  };
  try {
    await verdict();
    const before = '```sql\nSELECT count(*) FROM sensor_data;';
    let round = 0;
    const { save } = await medians(9, {
      async save() {
        round += 1;
        const started = performance.now();
        await writeFile(file, text.replace(before, `${before} -- ${round}`));
        await verdict();
        return performance.now() - started;
      },
    });
    return {
      what: '`lesson write`, from a save in the middle of 03 to the verdict',
      measured: `${save.toFixed(0)} ms`,
      target: '≤ 1 s',
    };
  } finally {
    child.kill('SIGINT');
    await once(child, 'close');
  }
}
