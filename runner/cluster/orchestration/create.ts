// Makes a cluster, or some of its servers, from nothing.
import { randomBytes } from 'node:crypto';
import { initialNodeNames, initialNodes } from './node-record.ts';
import { createExtensions, layoutOf, registerWorkers, workersOf } from './registration.ts';
import { openSite, type Plot, type Site, saved } from './site.ts';
import { launch } from './start.ts';

/** The record says that it is incomplete until the end. */
export async function createCluster(
  plot: Plot,
  { blueprint, workers }: { readonly blueprint: unknown; readonly workers: number },
  signal: AbortSignal,
): Promise<void> {
  const nodes = initialNodes(workers);
  const planned = openSite(plot, {
    blueprint,
    id: randomBytes(4).toString('hex'),
    createdAt: new Date().toISOString(),
    password: randomBytes(24).toString('base64url'),
    workers,
    nodes,
    layout: '',
    isWhole: false,
  });
  const site = await saved(planned, {});
  await makeServers(site, initialNodeNames(workers), signal);
  await registerWorkers(site, workersOf(nodes), signal);
  const made = { ...site, record: { ...site.record, layout: await layoutOf(site) } };
  await site.sql.noteNewCluster(made, signal);
  await saved(made, { isWhole: true });
}

/** Servers with empty data, not yet registered. They are there before the record that is written names them. */
export async function makeServers(site: Site, nodes: readonly string[], signal: AbortSignal): Promise<void> {
  await site.machines.create(nodes, signal);
  const found = await launch(site, nodes, signal);
  const bare = nodes.filter((_, i) => found[i] !== 'sound');
  await createExtensions(site, bare, signal);
}
