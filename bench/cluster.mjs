// A cluster from nothing, against PostgreSQL's own programs: one initdb, two copies, three servers started at once.
// @ts-check
import { randomInt } from 'node:crypto';
import { chown, cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { findBinaries } from '../dist/cluster/local/binaries.js';
import { openHome } from '../dist/cluster/local/home.js';
import { runProgram } from '../dist/cluster/local/program.js';
import { lesson } from './lesson.mjs';
import { medians } from './measure.mjs';

const signal = new AbortController().signal;

/** @param {string} dir @param {NodeJS.ProcessEnv} env */
export async function clusterFromNothing(dir, env) {
  const { ours, raw } = await medians(5, {
    ours: async () => {
      await rm(String(env.LESSON_STATE_DIR), { recursive: true, force: true });
      const { ms } = await lesson(['up'], env);
      await lesson(['down', '--purge'], env);
      return ms;
    },
    raw: () => rawServers(path.join(dir, 'raw')),
  });
  await lesson(['up'], env);
  return [
    {
      what: 'cluster from nothing: 3 servers, `init.sql` applied',
      measured: `${ours.toFixed(0)} ms`,
      baseline: `initdb ×1, pg_ctl start ×3 ${raw.toFixed(0)} ms`,
      ratio: ours / raw,
      target: '≤ 2, about 2 s',
    },
  ];
}

/** @param {string} dir */
async function rawServers(dir) {
  const home = await openHome(path.join(dir, 'home'));
  const { initdb, pgCtl } = await findBinaries(home);
  const data = path.join(home.dir, 'data');
  await mkdir(data);
  if (home.owner !== undefined) await chown(data, home.owner.uid, home.owner.gid);
  const copies = [1, 2, 3].map((n) => path.join(data, String(n)));
  const options = { owner: home.owner, signal, timeoutMs: 60_000 };
  /** @param {string} program @param {string[]} args */
  const run = async (program, args) => {
    const { exitCode, output } = await runProgram(program, args, options);
    if (exitCode !== 0) throw new Error(`${program} ended with ${exitCode}\n${output}`);
  };
  try {
    const started = performance.now();
    const [first = ''] = copies;
    await run(initdb, ['-D', first, '-U', 'postgres', '--no-sync', '-A', 'trust']);
    const initialised = performance.now() - started;
    // The copies are no part of the baseline.
    for (const copy of copies.slice(1)) {
      await cp(first, copy, { recursive: true });
      await run('/bin/chmod', ['700', copy]).catch(() => {});
    }
    if (home.owner !== undefined) await giveAway(copies, home.owner);
    const starting = performance.now();
    const port = randomInt(20_000, 30_000);
    await Promise.all(
      copies.map((copy, at) =>
        run(pgCtl, [
          'start',
          '-w',
          '-s',
          '-D',
          copy,
          '-l',
          `${copy}.log`,
          '-o',
          `-F -p ${port + at} -k '' -h 127.0.0.1`,
        ]),
      ),
    );
    return initialised + (performance.now() - starting);
  } finally {
    await Promise.all(
      copies.map((copy) => runProgram(pgCtl, ['stop', '-m', 'immediate', '-D', copy], options)),
    );
    await rm(dir, { recursive: true, force: true });
  }
}

/** @param {readonly string[]} dirs @param {{ uid: number, gid: number }} owner */
async function giveAway(dirs, { uid, gid }) {
  const { readdir } = await import('node:fs/promises');
  for (const dir of dirs) {
    for (const entry of await readdir(dir, { recursive: true })) await chown(path.join(dir, entry), uid, gid);
    await chown(dir, uid, gid);
  }
}
