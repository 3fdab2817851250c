// Brings a cluster that was made before to what it should be: every server up, as many workers as asked for.
import { addWorkers } from './added.ts';
import { stateOf } from './cluster.ts';
import { listContainers } from './containers.ts';
import { getImage } from './image.ts';
import type { Project } from './project.ts';
import { baseNodes } from './record.ts';
import { startAgain, startNodes } from './start.ts';

export interface HealOptions {
  readonly workers: number;
  readonly report: (message: string) => void;
  readonly signal: AbortSignal;
}

export async function heal(project: Project, { workers, report, signal }: HealOptions): Promise<void> {
  const { name, record } = project;
  const containers = await listContainers(name, signal);
  const nodes = record.nodes.filter(({ replacedBy }) => replacedBy === undefined);
  const isThere = (node: string) => containers.some((each) => each.node === node);
  const missing = nodes.map((node) => node.name).filter((node) => !isThere(node));
  const stopped = containers
    .filter((each) => nodes.some((node) => node.name === each.node) && stateOf(each) !== 'up')
    .map(({ node }) => node);
  if (missing.length > 0) await getImage(record.image, report, signal);
  await Promise.all([
    ...stopped.map((node) => startAgain(project, node, signal)),
    ...(missing.length > 0 ? [startNodes(project, missing, signal)] : []),
  ]);
  const started = missing.length + stopped.length;
  if (started === nodes.length) report(`Started the ${started} servers of the cluster.`);
  else if (started > 0) report(`Started ${[...missing, ...stopped].join(', ')}, which did not run.`);
  if (workers > record.workers) {
    const names = baseNodes(workers)
      .map((node) => node.name)
      .filter((each) => !record.nodes.some((node) => node.name === each));
    report(`Adding ${names.join(', ')} to the cluster "${name}".`);
    await addWorkers({ ...project, record: { ...record, workers } }, names, signal);
  }
}
