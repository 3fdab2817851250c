// Makes a cluster from nothing.
import { initialNodes, startable } from './node-record.ts';
import { createExtensions, layoutOf, registerWorkers, workersOf } from './registration.ts';
import { type Ground, newId, newSecret, openSite, type Site, saved } from './site.ts';
import { launch } from './start.ts';

/** The record says that it is incomplete until the end. */
export async function createCluster(
  ground: Ground,
  name: string,
  { blueprint, workers }: { readonly blueprint: unknown; readonly workers: number },
  signal: AbortSignal,
): Promise<Site> {
  const planned = openSite(ground, name, {
    blueprint,
    id: newId(),
    createdAt: new Date().toISOString(),
    password: newSecret(),
    workers,
    nodes: initialNodes(workers),
    layout: '',
    isWhole: false,
  });
  const site = await saved(planned, {});
  const nodes = startable(site.record.nodes);
  await site.machines.create(nodes, signal);
  const found = await launch(site, nodes, signal);
  if (found.some((state) => state !== 'sound')) await createExtensions(site, signal);
  await registerWorkers(site, workersOf(site.record.nodes), signal);
  const made = { ...site, record: { ...site.record, layout: await layoutOf(site) } };
  await site.sql.noteNewCluster(made, signal);
  return saved(made, { isWhole: true });
}
