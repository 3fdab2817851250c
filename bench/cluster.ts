// A cluster from nothing, against PostgreSQL's own programs: one initdb, three servers started at once.
import { chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { findBinaries } from '../runner/programs/binaries.ts';
import { runProgram } from '../runner/programs/postgres.ts';
import { copyFolder } from '../runner/system/folder-copy.ts';
import { findFreePorts } from '../runner/system/free-ports.ts';
import { openStateFolder } from '../runner/system/state-folder.ts';
import { lesson, type Measure, medians } from './measure.ts';

export const clusterFromNothing: Measure = async (dir, env) => {
  // Nothing is deleted in between: ext4 takes its time to make files where others were deleted a moment ago.
  let round = 0;
  const { ours, raw } = await medians(5, {
    ours: async () => {
      round += 1;
      const fresh = { ...env, LESSON_STATE_DIR: path.join(dir, `fresh-${round}`) };
      const { ms } = await lesson(['up'], fresh);
      await lesson(['down'], fresh);
      return ms;
    },
    raw: () => rawServers(path.join(dir, `raw-${round}`)),
  });
  return [
    {
      what: 'cluster from nothing: 3 servers, `init.sql` applied',
      measured: `${ours.toFixed(0)} ms`,
      baseline: `initdb ×1, pg_ctl start ×3 at once ${raw.toFixed(0)} ms`,
      ratio: ours / raw,
      target: '≤ 1.8',
    },
  ];
};

async function rawServers(dir: string): Promise<number> {
  const home = await openStateFolder(dir);
  const { initdb, pgCtl } = await findBinaries(home);
  const { signal } = new AbortController();
  const run = async (program: string, ...args: string[]) => {
    const { exitCode, output } = await runProgram(program, args, {
      owner: home.owner,
      signal,
      timeoutMs: 60_000,
    });
    if (exitCode !== 0) throw new Error(`${program} ended with ${exitCode}\n${output}`);
  };
  const data = ['1', '2', '3'].map((name) => path.join(home.dir, name));
  const [first = '', ...copies] = data;
  const ports = await findFreePorts(data.length);
  try {
    await mkdir(first, { mode: 0o700 });
    if (home.owner !== undefined) await chown(first, home.owner.uid, home.owner.gid);
    const begun = performance.now();
    await run(initdb, '-D', first, '-U', 'postgres', '--no-sync', '-A', 'trust');
    const initialised = performance.now() - begun;
    // Copies are no part of the baseline.
    await copyFolder(first, copies, { owner: home.owner });
    const starting = performance.now();
    const start = (dataDir: string, at: number) =>
      run(
        pgCtl,
        'start',
        '-w',
        '-s',
        '-D',
        dataDir,
        '-l',
        `${dataDir}.log`,
        '-o',
        `-F -p ${ports[at]} -k '' -h 127.0.0.1`,
      );
    await Promise.all(data.map(start));
    return initialised + (performance.now() - starting);
  } finally {
    await Promise.allSettled(data.map((dataDir) => run(pgCtl, 'stop', '-m', 'immediate', '-D', dataDir)));
  }
}
