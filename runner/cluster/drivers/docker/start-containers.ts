// Runs the servers of some nodes: containers that are missing are made, others are started again.
import { UserError } from '../../../errors.ts';
import { docker } from '../../../programs/docker.ts';
import { containerEnded } from '../../../programs/docker-failures.ts';
import { getImage, wantedImage } from '../../../programs/docker-image.ts';
import { ServerFailure } from '../driver.ts';
import { type Container, lastLines, listContainers } from './containers.ts';
import { compose, containerOf, type DockerSite, networkOf } from './project.ts';

const startMs = 130_000;

export async function startContainers(
  site: DockerSite,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { name, blueprint, report } = site;
  if (process.env.LESSON_CITUS_IMAGE && blueprint.image !== wantedImage()) {
    report(
      `The cluster "${name}" keeps its image, ${blueprint.image}. "lesson down --purge" before makes a new one.`,
    );
  }
  const containers = await listContainers(name, signal);
  const isThere = (node: string) => containers.some((each) => each.node === node);
  const missing = nodes.filter((node) => !isThere(node));
  if (missing.length > 0) await getImage(blueprint.image, report, signal);
  await Promise.all([
    ...containers.filter(({ node }) => nodes.includes(node)).map((each) => startAgain(site, each, signal)),
    ...(missing.length > 0
      ? [compose(site, ['up', '-d', '--pull', 'never'], missing, { signal, timeoutMs: startMs })]
      : []),
  ]);
  await refuseEnded(site, nodes, signal);
}

/** Stopped, paused, or cut off from the network. */
async function startAgain({ name }: DockerSite, seen: Container, signal: AbortSignal): Promise<void> {
  const container = containerOf(name, seen.node);
  if (seen.state === 'paused') await docker(['unpause', container], { signal });
  else if (seen.state !== 'running') await docker(['start', container], { signal });
  else if (seen.port === undefined) {
    await docker(['network', 'connect', '--alias', seen.node, networkOf(name), container], { signal });
  }
}

/** @throws ServerFailure with the last lines of the log of a server that has ended at once. */
async function refuseEnded({ name }: DockerSite, nodes: readonly string[], signal: AbortSignal) {
  const ended = (await listContainers(name, signal)).find(
    ({ node, state }) => nodes.includes(node) && (state === 'exited' || state === 'restarting'),
  );
  if (ended === undefined) return;
  const log = await lastLines(name, ended.node, 8, signal);
  const { message, isAboutMemory } = containerEnded(ended.node, ended.exitCode, log);
  if (!isAboutMemory) throw new ServerFailure(ended.node, 'ended', message);
  throw new UserError(message, {
    code: 'cluster',
    hint: 'Give Docker more memory (in Docker Desktop: Settings, Resources), or stop other containers.',
  });
}
