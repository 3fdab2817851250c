// Whole `lesson` processes on a cluster that is up.
// @ts-check
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { medians, timed } from './measure.mjs';

export const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
const pg = fileURLToPath(import.meta.resolve('pg'));

/** @param {readonly string[]} args @param {NodeJS.ProcessEnv} env */
export const lesson = (args, env) => timed({ command: process.execPath, args: [bin, ...args], env });

/** @param {string} _dir @param {NodeJS.ProcessEnv} env */
export async function runLesson(_dir, env) {
  const run = async () => (await lesson(['run', '03-distribution', '--yes'], env)).ms;
  await run();
  const { walk } = await medians(7, { walk: run });
  return [
    { what: '`lesson run 03-distribution --yes`', measured: `${walk.toFixed(0)} ms`, target: '≤ 800 ms' },
  ];
}

/** @param {string} dir @param {NodeJS.ProcessEnv} env */
export async function longLesson(dir, env) {
  const lessons = path.join(dir, 'long');
  const numbers = Array.from({ length: 200 }, (_, n) => n + 1);
  const block = (/** @type {number} */ n) =>
    `\`\`\`sql\nSELECT ${n} AS n\n\`\`\`\n\`\`\`result\n n\n---\n ${n}\n\`\`\`\n`;
  await writeCourse(
    lessons,
    `---\ninit: false\n---\n# Long\n\n## Many blocks\n\n${numbers.map(block).join('\n')}`,
  );

  const { stdout } = await lesson(['url'], env);
  const loop = `
    import pg from ${JSON.stringify(pg)};
    const client = new pg.Client(process.argv[1]);
    await client.connect();
    for (let n = 1; n <= 200; n += 1) await client.query('SELECT ' + n + ' AS n');
    await client.end();`;
  const plain = { command: process.execPath, args: ['--input-type=module', '-e', loop, stdout.trim()], env };
  const { walk, bare } = await medians(11, {
    walk: async () => (await lesson(['run', '01-lesson', '--yes', '--lessons', lessons], env)).ms,
    bare: async () => (await timed(plain)).ms,
  });
  return [
    {
      what: 'a lesson of 200 one-row blocks',
      measured: `${walk.toFixed(0)} ms`,
      baseline: `200 queries on one connection ${bare.toFixed(0)} ms`,
      ratio: walk / bare,
      target: '≤ 2.2',
    },
  ];
}

/** @param {string} dir @param {NodeJS.ProcessEnv} env */
export async function manyRows(dir, env) {
  const lessons = path.join(dir, 'rows');
  const sql =
    '```sql {timeout=5m}\nSELECT * FROM generate_series(1, 5000000)\n```\n```check\nreturns: 5000000\n```\n';
  await writeCourse(lessons, `---\ninit: false\n---\n# Rows\n\n## Five million\n\n${sql}`);
  const peak = fileURLToPath(new URL('./peak.mjs', import.meta.url));
  const { stderr, ms } = await timed({
    command: process.execPath,
    args: ['--import', peak, bin, 'run', '01-lesson', '--yes', '--lessons', lessons],
    env,
  });
  const megabytes = Number(/peak (\d+) kB/.exec(stderr)?.[1]) / 1024;
  return [
    {
      what: 'peak memory of `SELECT * FROM generate_series(1, 5000000)`',
      measured: `${megabytes.toFixed(0)} MB (in ${(ms / 1000).toFixed(1)} s)`,
      target: '< 150 MB',
    },
  ];
}

/** @param {string} dir @param {string} text */
async function writeCourse(dir, text) {
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, '01-lesson.md'), text);
}
