// Starts the servers of some nodes, and gives their addresses to all the others.
import { until } from '../../system/until.ts';
import { ServerFailure, withLog } from '../drivers/driver.ts';
import type { DatabaseState } from './node-commands.ts';
import { publishAddresses } from './registration.ts';
import { configureNodes } from './replication-settings.ts';
import { machineOf, nodesUp, type Site } from './site.ts';

/** Returns when the servers of the nodes are ready; the site has the addresses that all servers got. */
export async function startNodes(site: Site, nodes: readonly string[], signal: AbortSignal): Promise<Site> {
  const up = await nodesUp(site, signal);
  await launch(site, nodes, signal);
  const missedSome = up.length > 0 && nodes.some((node) => !up.includes(node));
  return publishAddresses(site, missedSome, signal);
}

/** As `startNodes`, where no other server needs the addresses: in a cluster that has only just been created. */
export async function launch(
  site: Site,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<readonly DatabaseState[]> {
  await configureNodes(site, signal);
  await site.machines.start(nodes, signal);
  return Promise.all(nodes.map((node) => untilReady(site, node, signal)));
}

const readyMs = 60_000;

/** Ready means that a query answers. @throws ServerFailure with what it said, and the last lines of its log. */
export async function untilReady(site: Site, node: string, signal: AbortSignal): Promise<DatabaseState> {
  let lastError: Error | undefined;
  const isReady = async () => {
    try {
      return await site.commands.ping(node, signal);
    } catch (error) {
      signal.throwIfAborted();
      lastError = error as Error;
      const state = (await machineOf(site, node, signal))?.state;
      if (state !== 'up' && state !== 'starting') throw await failure(site, node, 'ended', lastError, signal);
      if (isRefusal(error)) throw await failure(site, node, 'refuses', lastError, signal);
      return undefined;
    }
  };
  const found = await until(isReady, { signal, timeoutMs: readyMs, everyMs: 25 });
  if (found !== undefined) return found;
  throw await failure(site, node, 'silent', lastError, signal);
}

/** SQLSTATEs of a server that is starting up, shutting down, or full. */
const passing = ['57P01', '57P02', '57P03', '53300'];

/** The server answers, and will go on to refuse. */
function isRefusal(error: unknown): boolean {
  const { code = '', severity } = error as { code?: string; severity?: string };
  return (severity === 'FATAL' || severity === 'ERROR') && !passing.includes(code);
}

async function failure(
  site: Site,
  node: string,
  why: ServerFailure['why'],
  lastError: Error | undefined,
  signal: AbortSignal,
): Promise<ServerFailure> {
  const machine = await machineOf(site, node, signal);
  const runs = machine?.state === 'up' ? ` (${machine.host}:${machine.port}) is running but` : '';
  const log = await site.machines.log(node, 8, signal).catch(() => []);
  const what = `${node}${runs} does not respond: ${lastError?.message}`;
  return new ServerFailure(node, why, withLog(what, log), lastError);
}
