// Started by `cluster.ts` with a pipe to its tests: when they end, however they do, it ends their servers and removes
// their folders. argv: the folder with the clusters, the folder with the shared template, the process that runs all tests.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const [, , clusters, templates, runner] = process.argv;
process.on('SIGINT', () => {});
process.stdin.resume();
process.stdin.on('end', clean).on('error', clean);

async function clean() {
  const pids = readdirSync(clusters, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('postmaster.pid'))
    .map((path) => Number(readFileSync(join(clusters, path), 'utf8').split('\n')[0]));
  for (const pid of pids.filter(isAlive)) {
    process.kill(pid, 'SIGCONT');
    process.kill(pid, 'SIGQUIT');
  }
  for (let i = 0; i < 500 && pids.some(isAlive); i++) await wait(20);
  rmSync(clusters, { recursive: true, force: true, maxRetries: 5 });
  while (isAlive(Number(runner))) await wait(200);
  rmSync(templates, { recursive: true, force: true, maxRetries: 5 });
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
