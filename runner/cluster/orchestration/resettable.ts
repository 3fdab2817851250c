// What the reset of the databases needs to know of a cluster, and may ask of it.
import { join } from 'node:path';
import type { ResettableCluster } from '../reset/reset.ts';
import { addressOf } from './node-commands.ts';
import { createExtensions, registerWorkers, workersOf } from './registration.ts';
import type { Site } from './site.ts';
import { startNodes } from './start.ts';

export async function resettable(site: Site, signal: AbortSignal): Promise<ResettableCluster> {
  const { machines, record, dir, state } = site;
  const found = await machines.list(signal);
  return {
    members: record.nodes.map(({ name }) => ({
      name,
      address: addressOf(found.find(({ node }) => node === name)!, record.password),
    })),
    layout: record.layout,
    untouchedFile: join(dir, 'untouched.json'),
    owner: state.owner,
    async register(signal) {
      await createExtensions(site, signal);
      await registerWorkers(site, workersOf(record.nodes), signal);
    },
    async restart(nodes, signal) {
      for (const node of nodes) await machines.stop(node, signal);
      return resettable(await startNodes(site, nodes, signal), signal);
    },
  };
}
