// Brings a cluster that was made before to what it should be: every server up, as many workers as asked for.
import type { Machine } from '../drivers/driver.ts';
import { addWorkers } from './add-remove.ts';
import { initialNodeNames, startable } from './node-record.ts';
import type { Site } from './site.ts';
import { startNodes } from './start.ts';

/** @param workers At least so many. Returns the site as it is then. */
export async function heal(site: Site, workers: number, signal: AbortSignal): Promise<Site> {
  const nodes = startable(site.record.nodes);
  const before = await site.machines.list(signal);
  const wasUp = (node: string) => before.some((machine) => machine.node === node && machine.state === 'up');
  const down = nodes.filter((node) => !wasUp(node));
  const up = await startNodes(site, down, signal);
  reportStarted(site, down, before);
  if (workers <= up.record.workers) return up;
  const known = up.record.nodes.map(({ name }) => name);
  const names = initialNodeNames(workers).filter((name) => !known.includes(name));
  site.report(`Adding ${names.join(', ')} to the cluster "${site.name}".`);
  return addWorkers({ ...up, record: { ...up.record, workers } }, names, signal);
}

function reportStarted(
  { record, report }: Site,
  started: readonly string[],
  before: readonly Machine[],
): void {
  const was = (node: string) => before.find((machine) => machine.node === node)?.state;
  for (const node of started) {
    if (was(node) === 'killed') report(`${node} had been killed. It was restarted.`);
    if (was(node) === 'paused') report(`${node} was paused. It was resumed.`);
  }
  const stopped = started.filter((node) => was(node) !== 'killed' && was(node) !== 'paused');
  if (stopped.length === record.nodes.length) report(`Started the ${stopped.length} servers of the cluster.`);
  else if (stopped.length > 0)
    report(`Started ${stopped.join(', ')}, which ${stopped.length === 1 ? 'was' : 'were'} not running.`);
}
