// A cluster in Docker, against `docker compose` with the same file. Where there is no Docker, or no image, it says so.
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Environment, type Line, lesson, type Measure, medians } from './measure.ts';

const run = promisify(execFile);
const composeFile = fileURLToPath(new URL('../docker/compose.yml', import.meta.url));

export const clusterInDocker: Measure = async (dir, env) => {
  const image = env.LESSON_CITUS_IMAGE || 'citusdata/citus:14.1.0';
  const why = await missing(image);
  if (why !== undefined) return lines.map((line) => ({ ...line, measured: `SKIPPED: ${why}` }));
  const ownEnv = { ...env, LESSON_STATE_DIR: path.join(dir, 'docker'), LESSON_NAME: 'bench' };
  await mkdir(ownEnv.LESSON_STATE_DIR, { mode: 0o711 });
  const downs: number[] = [];
  const times = await medians(5, {
    ours: () => ours(ownEnv, downs),
    compose: () => compose({ ...env, LESSON_PASSWORD: 'bench' }),
  });
  const down = downs.toSorted((a, b) => a - b)[2] ?? Number.NaN;
  const [first, second] = lines;
  return [
    {
      ...first,
      measured: `${times.ours.toFixed(0)} ms`,
      baseline: `\`docker compose up --wait\`, a query ${times.compose.toFixed(0)} ms`,
      ratio: times.ours / times.compose,
    },
    { ...second, measured: `${down.toFixed(0)} ms` },
  ];
};

const lines = [
  { what: 'in Docker: `lesson up` from nothing to the first query', target: '≤ 1.2' },
  { what: 'in Docker: `lesson down`', target: '≤ 3 s' },
] as const satisfies readonly Partial<Line>[];

async function missing(image: string): Promise<string | undefined> {
  try {
    await run('docker', ['compose', 'version']);
    await run('docker', ['version']);
  } catch {
    return 'there is no Docker with compose';
  }
  const isThere = run('docker', ['image', 'inspect', image]).then(
    () => true,
    () => false,
  );
  return (await isThere) ? undefined : `the image ${image} is not here`;
}

async function ours(env: Environment, downs: number[]): Promise<number> {
  const started = performance.now();
  await lesson(['up', '--cluster', 'docker'], env);
  await query('lesson-bench-coordinator-1');
  const ms = performance.now() - started;
  downs.push((await lesson(['down'], env)).ms);
  await lesson(['down', '--purge'], env);
  return ms;
}

async function compose(env: Environment): Promise<number> {
  const docker = (...args: string[]) =>
    run('docker', ['compose', '-p', 'lesson-bench-raw', '-f', composeFile, ...args], { env: { ...env } });
  try {
    const started = performance.now();
    await docker('up', '-d', '--wait');
    await query('lesson-bench-raw-coordinator-1');
    return performance.now() - started;
  } finally {
    await docker('down', '-v', '-t', '0');
  }
}

const query = (container: string) =>
  run('docker', ['exec', container, 'psql', '-U', 'postgres', '-c', 'SELECT 1']);
