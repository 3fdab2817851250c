// Runs the servers of some nodes: containers that are missing are made, others are started again.
import pg from 'pg';
import { withClient } from '../../../connect/client.ts';
import { docker } from '../../../programs/docker.ts';
import { getImage, wantedImage } from '../../../programs/docker-image.ts';
import { allEnded } from '../../../system/all-ended.ts';
import { until } from '../../../system/until.ts';
import { isStarved, ServerFailure, withLog } from '../driver.ts';
import { type Container, lastLines, listContainers } from './containers.ts';
import { compose, containerOf, type DockerSite, networkOf } from './project.ts';

/** The first start makes a database. */
const startMs = 130_000;

export async function startContainers(
  site: DockerSite,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { name, blueprint, report } = site;
  if (process.env.LESSON_CITUS_IMAGE && blueprint.image !== wantedImage()) {
    report(
      `The cluster "${name}" keeps its image, ${blueprint.image}. Run "lesson down --purge" first to use another one.`,
    );
  }
  const containers = await listContainers(name, signal);
  const isThere = (node: string) => containers.some((each) => each.node === node);
  const missing = nodes.filter((node) => !isThere(node));
  if (missing.length > 0) await getImage(blueprint.image, report, signal);
  await allEnded<unknown>([
    ...containers.filter(({ node }) => nodes.includes(node)).map((each) => startAgain(site, each, signal)),
    ...(missing.length > 0
      ? [compose(site, ['up', '-d', '--pull', 'never'], missing, { signal, timeoutMs: startMs })]
      : []),
  ]);
  await untilAllListen(site, nodes, signal);
}

/** Stopped, paused, or cut off from the network. */
async function startAgain({ name }: DockerSite, seen: Container, signal: AbortSignal): Promise<void> {
  const container = containerOf(name, seen.node);
  if (!seen.isConnected) {
    await docker(['network', 'connect', '--alias', seen.node, networkOf(name), container], { signal });
  }
  if (seen.state === 'paused') await docker(['unpause', container], { signal });
  else if (seen.state !== 'running') await docker(['start', container], { signal });
}

/** @throws ServerFailure with the last lines of the log of a server that ends, or takes too long. */
async function untilAllListen(
  site: DockerSite,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const waiting = new Set(nodes);
  const allListen = async () => {
    for (const { node, state, port } of await listContainers(site.name, signal)) {
      if (!waiting.has(node)) continue;
      if (state === 'exited' || state === 'dead') throw await ended(site, node, signal);
      if (port !== undefined && (await listens(site, port, signal))) waiting.delete(node);
    }
    return waiting.size === 0;
  };
  if (await until(allListen, { signal, timeoutMs: startMs, everyMs: 50 })) return;
  const [node = ''] = waiting;
  const log = await lastLines(site.name, node, 8, signal);
  const what = `${node} did not accept connections within ${startMs / 1000} s`;
  throw new ServerFailure(node, 'silent', withLog(what, log));
}

async function ended({ name }: DockerSite, node: string, signal: AbortSignal): Promise<ServerFailure> {
  const format = '{{.State.ExitCode}} {{.State.OOMKilled}}';
  const state = await docker(['inspect', '-f', format, containerOf(name, node)], { signal });
  const [exitCode, outOfMemory] = state.trim().split(' ');
  const log = await lastLines(name, node, 8, signal);
  if (outOfMemory === 'true' || isStarved(log)) {
    return new ServerFailure(node, 'starved', withLog(`${node} ran out of memory`, log));
  }
  const what = `the container of ${node} exited (exit code ${exitCode})`;
  return new ServerFailure(node, 'ended', withLog(what, log));
}

/** Whether PostgreSQL does, whatever it says: Docker takes connections, and drops them, where nobody listens yet. */
async function listens({ password }: DockerSite, port: number, signal: AbortSignal): Promise<boolean> {
  const address = { host: '127.0.0.1', port, user: 'postgres', password, database: 'template1' };
  try {
    await withClient(address, { signal, timeoutMs: 5_000 }, async () => {});
    return true;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof pg.DatabaseError;
  }
}
