// Whole `lesson run` processes on a cluster that is up.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lesson, type Measure, medians, node } from './measure.ts';

export const runLesson: Measure = async (_dir, env) => {
  const run = async () => (await lesson(['run', '03-distribution', '--yes', '--trust'], env)).ms;
  await run();
  const { walk } = await medians(7, { walk: run });
  return [
    { what: '`lesson run 03-distribution --yes`', measured: `${walk.toFixed(0)} ms`, target: '≤ 550 ms' },
  ];
};

export const longLesson: Measure = async (dir, env) => {
  const block = (n: number) => `\`\`\`sql\nSELECT ${n} AS n\n\`\`\`\n\`\`\`result\n n\n---\n ${n}\n\`\`\`\n`;
  const blocks = Array.from({ length: 200 }, (_, n) => block(n + 1));
  const lessons = await writeCourse(dir, 'long', `## Many blocks\n\n${blocks.join('\n')}`);

  const { stdout } = await lesson(['url'], env);
  const pg = fileURLToPath(import.meta.resolve('pg'));
  const loop = `
    import pg from ${JSON.stringify(pg)};
    const client = new pg.Client(process.argv[1]);
    await client.connect();
    for (let n = 1; n <= 200; n += 1) await client.query('SELECT ' + n + ' AS n');
    await client.end();`;
  const run = async () =>
    (await lesson(['run', '01-lesson', '--yes', '--lessons', lessons, '--trust'], env)).ms;
  await run();
  const { walk, bare } = await medians(11, {
    walk: run,
    bare: async () => (await node(['--input-type=module', '-e', loop, stdout.trim()], env)).ms,
  });
  return [
    {
      what: 'a lesson of 200 one-row blocks',
      measured: `${walk.toFixed(0)} ms`,
      baseline: `200 queries on one connection ${bare.toFixed(0)} ms`,
      ratio: walk / bare,
      target: '≤ 1.7',
    },
  ];
};

export const manyRows: Measure = async (dir, env) => {
  const sql =
    '```sql {timeout=5m}\nSELECT * FROM generate_series(1, 5000000)\n```\n```check\nreturns: 5000000\n```\n';
  const lessons = await writeCourse(dir, 'rows', `## Five million\n\n${sql}`);
  const peak = fileURLToPath(new URL('../bench/peak.mjs', import.meta.url));
  const args = ['run', '01-lesson', '--yes', '--lessons', lessons, '--trust'];
  const { stderr, ms } = await lesson(args, env, ['--import', peak]);
  const megabytes = Number(/peak (\d+) kB/.exec(stderr)?.[1]) / 1024;
  return [
    {
      what: 'peak memory of `SELECT * FROM generate_series(1, 5000000)`',
      measured: `${megabytes.toFixed(0)} MB (in ${(ms / 1000).toFixed(1)} s)`,
      target: '< 150 MB',
    },
  ];
};

async function writeCourse(dir: string, name: string, steps: string): Promise<string> {
  const lessons = path.join(dir, name);
  await mkdir(lessons, { recursive: true });
  await writeFile(path.join(lessons, '01-lesson.md'), `---\ninit: false\n---\n# Lesson\n\n${steps}`);
  return lessons;
}
