// What orchestration asks of servers in SQL: commands, one at a time, and the reset of all databases.
import { join } from 'node:path';
import { keepCheckpoint, restoreCheckpoint } from '../reset/checkpoint.ts';
import { noteNewCluster, type ResettableCluster, resetDatabases } from '../reset/reset.ts';
import { untouchedFile } from '../reset/untouched.ts';
import { addressOf, type NodeCommands, nodeCommands } from './node-commands.ts';
import { registerAll } from './registration.ts';
import type { ServerSql, Site } from './site.ts';
import { startNodes } from './start.ts';

/** For real servers. */
export const serverSql: ServerSql = {
  commandsOf: (site) => (site.record.workers === 0 ? withoutCitus(nodeCommands(site)) : nodeCommands(site)),
  resetDatabases: async (site, options) => resetDatabases(await resettable(site, options.signal), options),
  keepCheckpoint: async (site, signal) => keepCheckpoint(await resettable(site, signal), signal),
  restoreCheckpoint: async (site, signal) => restoreCheckpoint(await resettable(site, signal), signal),
  noteNewCluster: async (site, signal) => noteNewCluster(await resettable(site, signal), signal),
};

/** For a server that has no extension to make, and knows no other. */
function withoutCitus(commands: NodeCommands): NodeCommands {
  const nothing = async () => {};
  return {
    ...commands,
    async ping(node, signal) {
      const found = await commands.ping(node, signal);
      return found === 'no extension' ? 'sound' : found;
    },
    createExtension: nothing,
    register: nothing,
    unregister: nothing,
    refreshAddresses: nothing,
  };
}

async function resettable(site: Site, signal: AbortSignal): Promise<ResettableCluster> {
  const { machines, record, dir, state } = site;
  const found = await machines.list(signal);
  return {
    nodes: record.nodes.map(({ name }) => ({
      name,
      address: addressOf(found.find(({ node }) => node === name)!, record.password),
    })),
    layout: record.layout,
    note: untouchedFile(join(dir, 'untouched.json'), state.owner),
    register: (signal) => registerAll(site, signal),
    async restart(nodes, signal) {
      for (const node of nodes) await machines.stop(node, signal);
      return resettable(await startNodes(site, nodes, signal), signal);
    },
  };
}
