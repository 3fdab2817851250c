// What the reset of the databases needs to know of a cluster, and may ask of it.
import { join } from 'node:path';
import type { Subject } from '../clean/reset.ts';
import { addressOf } from './node-commands.ts';
import { createExtensions, registerWorkers, workersOf } from './registration.ts';
import type { Site } from './site.ts';
import { startNodes } from './start.ts';

export async function resettable(site: Site, signal: AbortSignal): Promise<Subject> {
  const { machines, record, dir, state } = site;
  const found = await machines.list(signal);
  return {
    members: record.nodes.map(({ name }) => ({
      name,
      address: addressOf(found.find(({ node }) => node === name)!, record.password),
    })),
    layout: record.layout,
    restFile: join(dir, 'rest.json'),
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
