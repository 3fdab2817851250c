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
import { endLeftoverProcesses } from './leftover-processes.ts';
import { serverState } from './postmaster.ts';
import { resumeServer } from './signals.ts';

export interface Server {
  /** The node's name, for messages. */
  readonly node: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly port: number;
  /** What its processes find in their environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly pgCtl: string;
}

const startSeconds = 30;
const maxLogBytes = 1_000_000;

/**
 * Starts a server that is not up. Returns its port: another one than asked for where that is taken.
 * @throws UserError with the last lines of its log.
 */
export async function startServer(state: StateFolder, server: Server, signal: AbortSignal): Promise<number> {
  await endLeftoverProcesses(state, server.dataDir, signal);
  await boundLog(server.logFile);
  let { port } = server;
  for (let tries = 0; tries < 5; tries++) {
    if (tries > 0 || !(await isFree(port))) port = (await findFreePorts(1))[0]!;
    const { exitCode, output } = await start(state, { ...server, port }, signal);
    if (exitCode === 0) return port;
    if (await isFree(port)) throw await notStarted(server, output);
  }
  throw await notStarted(server, '');
}

/** pg_ctl looks every 100 ms whether the server is there, which takes 50: what pg_ctl reads is read more often here. */
async function start(state: StateFolder, server: Server, signal: AbortSignal): Promise<ProgramResult> {
  const { dataDir, logFile, port, env, pgCtl } = server;
  const wait = ['-w', '-t', String(startSeconds)];
  const ended = runProgram(
    pgCtl,
    ['start', ...wait, '-s', '-D', dataDir, '-l', logFile, '-o', `-p ${port}`],
    {
      owner: state.owner,
      signal,
      timeoutMs: (startSeconds + 10) * 1000,
      env,
      isSilent: process.platform === 'win32',
    },
  );
  const looking = new AbortController();
  try {
    const isUp = untilUp(dataDir, looking.signal);
    isUp.catch(() => {}); // pg_ctl has ended first
    return await Promise.race([ended, isUp]);
  } finally {
    looking.abort();
    ended.catch(() => {}); // it is of no interest once the server is up
  }
}

async function untilUp(dataDir: string, signal: AbortSignal): Promise<ProgramResult> {
  const isUp = async () => (await serverState(dataDir)).state === 'up';
  await until(isUp, { signal, timeoutMs: startSeconds * 1000 });
  return { exitCode: 0, output: '' };
}

/** `fast` closes the data in order; `immediate` is for data that nobody wants any more. */
export async function stopServer(
  state: StateFolder,
  { node, dataDir }: Pick<Server, 'node' | 'dataDir'>,
  mode: 'fast' | 'immediate',
  signal: AbortSignal,
): Promise<'stopped' | 'was not running'> {
  const found = await serverState(dataDir);
  if (!('postmaster' in found)) return 'was not running';
  const { pid } = found.postmaster;
  await resumeServer(dataDir); // one that is paused hears nothing
  const pgCtl = await pgCtlOf(state, dataDir);
  const args = ['stop', '-w', '-t', '30', '-s', '-m', mode, '-D', dataDir];
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
async function pgCtlOf(state: StateFolder, dataDir: string): Promise<string> {
  const noted = await readIfThere(join(dataDir, 'postmaster.opts'));
  const postgres = noted?.split(' "', 1)[0]?.trim();
  const beside = postgres && join(dirname(postgres), basename(postgres).replace('postgres', 'pg_ctl'));
  if (beside && (await stat(beside).catch(() => undefined))) return beside;
  return (await findBinaries(state)).pgCtl;
}

/** pg_ctl appends: keep one log before this one. */
async function boundLog(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  );
  if (size > maxLogBytes) await rename(logFile, `${logFile}.old`);
}

async function notStarted({ node, dataDir, logFile }: Server, output: string): Promise<ServerFailure> {
  const log = (await readIfThere(logFile)) ?? '';
  const lines = (log || output).trimEnd().split('\n').slice(-8);
  const what = withLog(`${node} did not start (data directory "${dataDir}")`, lines);
  return new ServerFailure(node, isStarved(lines) ? 'starved' : 'ended', what);
}
