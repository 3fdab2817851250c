// Brings up the servers of some nodes.
import { ended, untilAnswers } from './answers.ts';
import { listContainers } from './containers.ts';
import { docker } from './docker.ts';
import { compose, containerOf, networkOf, type Project } from './project.ts';

const upSeconds = 120;

/** Makes their containers where need be; returns when their servers answer. */
export async function startNodes(
  project: Project,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const wait = ['--wait', '--wait-timeout', String(upSeconds)];
  const options = { signal, timeoutMs: (upSeconds + 10) * 1000 };
  try {
    await compose(project, ['up', '-d', ...wait, '--pull', 'never', ...nodes], options);
  } catch (error) {
    signal.throwIfAborted();
    // Compose only says that a container ended.
    const dead = (await listContainers(project.name, signal).catch(() => [])).find(
      ({ node, state }) => nodes.includes(node) && (state === 'exited' || state === 'restarting'),
    );
    throw dead ? await ended(project.name, dead.node, signal) : error;
  }
  await untilAnswers(project, nodes, signal);
}

/** Starts containers that are there: stopped, paused, or cut off from the network. */
export async function startAgain(project: Project, node: string, signal: AbortSignal): Promise<void> {
  const { name } = project;
  const container = containerOf(name, node);
  const seen = (await listContainers(name, signal)).find((each) => each.node === node);
  if (seen === undefined) return startNodes(project, [node], signal);
  if (seen.state === 'paused') await docker(['unpause', container], { signal });
  else if (seen.state !== 'running') await docker(['start', container], { signal });
  else if (seen.port === undefined) await reconnect(name, node, signal);
  await untilAnswers(project, [node], signal);
}

async function reconnect(cluster: string, node: string, signal: AbortSignal): Promise<void> {
  const container = containerOf(cluster, node);
  await docker(['network', 'connect', '--alias', node, networkOf(cluster), container], { signal });
}
