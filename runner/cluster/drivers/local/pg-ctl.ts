// Starts and stops the server of one data folder with PostgreSQL's own `pg_ctl`.
import { rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../../errors.ts';
import { findBinaries } from '../../../programs/binaries.ts';
import { type ProgramResult, runProgram } from '../../../programs/postgres.ts';
import { readIfThere } from '../../../system/files.ts';
import { findFreePorts, isFree } from '../../../system/free-ports.ts';
import { isAlive } from '../../../system/processes.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import { until } from '../../../system/until.ts';
import { isStarved, ServerFailure, withLog } from '../driver.ts';
import { loopback } from './addresses.ts';
import { hasCitus, type LocalSite } from './blueprint.ts';
import { endLeftoverProcesses } from './leftover-processes.ts';
import { dataDir, logFile, passFile } from './paths.ts';
import { serverState } from './postmaster.ts';
import { resumeServer } from './signals.ts';

const startSeconds = 30;
const maxLogBytes = 1_000_000;

/**
 * Starts a server that is not up. Returns its port: another one than asked for where that is taken.
 * @throws UserError with the last lines of its log.
 */
export async function startServer(
  site: LocalSite,
  node: string,
  { pgCtl, wantedPort }: { readonly pgCtl: string; readonly wantedPort: number },
  signal: AbortSignal,
): Promise<number> {
  await endLeftoverProcesses(site.state, dataDir(site.dir, node), signal);
  await boundLog(logFile(site.dir, node));
  let port = wantedPort;
  for (let tries = 0; tries < 5; tries++) {
    if (tries > 0 || !(await isFree(port))) port = (await findFreePorts(1))[0]!;
    const { exitCode, output } = await start(site, node, { pgCtl, port }, signal);
    if (exitCode === 0) return port;
    if (await isFree(port)) throw await notStarted(site, node, output);
  }
  throw await notStarted(site, node, '');
}

/** pg_ctl looks every 100 ms whether the server is there, which takes 50: what pg_ctl reads is read more often here. */
async function start(
  { state, dir, blueprint }: LocalSite,
  node: string,
  { pgCtl, port }: { readonly pgCtl: string; readonly port: number },
  signal: AbortSignal,
): Promise<ProgramResult> {
  const data = dataDir(dir, node);
  const wait = ['-w', '-t', String(startSeconds)];
  const args = ['start', ...wait, '-s', '-D', data, '-l', logFile(dir, node), '-o', `-p ${port}`];
  const ended = runProgram(pgCtl, args, {
    owner: state.owner,
    signal,
    timeoutMs: (startSeconds + 10) * 1000,
    // Citus connects to nodes by their names, which nothing resolves: libpq takes this address for them.
    env: { PGPASSFILE: passFile(dir), ...(hasCitus(blueprint) && { PGHOSTADDR: loopback }) },
    isSilent: process.platform === 'win32',
  });
  const looking = new AbortController();
  try {
    const isUp = untilUp(data, looking.signal);
    isUp.catch(() => {}); // pg_ctl has ended first
    return await Promise.race([ended, isUp]);
  } finally {
    looking.abort();
    ended.catch(() => {}); // it is of no interest once the server is up
  }
}

async function untilUp(data: string, signal: AbortSignal): Promise<ProgramResult> {
  const isUp = async () => (await serverState(data)).state === 'up';
  await until(isUp, { signal, timeoutMs: startSeconds * 1000 });
  return { exitCode: 0, output: '' };
}

/** `fast` closes the data in order; `immediate` is for data that nobody wants any more. */
export async function stopServer(
  { state, dir }: LocalSite,
  node: string,
  mode: 'fast' | 'immediate',
  signal: AbortSignal,
): Promise<'stopped' | 'was not running'> {
  const data = dataDir(dir, node);
  const { postmaster } = await serverState(data);
  if (postmaster === undefined) return 'was not running';
  const { pid } = postmaster;
  await resumeServer(data); // one that is paused hears nothing
  const pgCtl = await pgCtlOf(state, data);
  const args = ['stop', '-w', '-t', '30', '-s', '-m', mode, '-D', data];
  const { exitCode, output } = await runProgram(pgCtl, args, {
    owner: state.owner,
    signal,
    timeoutMs: 40_000,
  });
  if (exitCode === 0 || !(await isAlive(pid))) return 'stopped';
  throw new UserError(`${node} (process ${pid}) did not stop within 30 s: ${output.trim()}`, {
    code: 'cluster',
    hint: `Terminate the process: "kill -9 ${pid}".`,
  });
}

/** The program beside the one that runs: the server has noted how it was started. */
async function pgCtlOf(state: StateFolder, data: string): Promise<string> {
  const noted = await readIfThere(join(data, 'postmaster.opts'));
  const postgres = noted?.split(' "', 1)[0]?.trim();
  const beside = postgres && join(dirname(postgres), basename(postgres).replace('postgres', 'pg_ctl'));
  if (beside && (await stat(beside).catch(() => undefined))) return beside;
  return (await findBinaries(state)).pgCtl;
}

/** pg_ctl appends: keep one log before this one. */
async function boundLog(log: string): Promise<void> {
  const size = await stat(log).then(
    ({ size }) => size,
    () => 0,
  );
  if (size > maxLogBytes) await rename(log, `${log}.old`);
}

async function notStarted({ dir }: LocalSite, node: string, output: string): Promise<ServerFailure> {
  const log = (await readIfThere(logFile(dir, node))) ?? '';
  const lines = (log || output).trimEnd().split('\n').slice(-8);
  const what = withLog(`${node} did not start (data directory "${dataDir(dir, node)}")`, lines);
  return new ServerFailure(node, isStarved(lines) ? 'starved' : 'ended', what);
}
