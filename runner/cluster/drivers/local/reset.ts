// A local cluster, put back to the state in which every lesson starts.
import { join } from 'node:path';
import type { StateFolder } from '../../../system/state-folder.ts';
import type { ResetOptions } from '../../port.ts';
import { type ResettableCluster, resetDatabases } from '../../reset/reset.ts';
import { addressOf } from './address.ts';
import { baseRecord } from './base.ts';
import { type ClusterRecord, clusterDir, dataDir } from './record.ts';
import { createEngine, registerNodes } from './registration.ts';
import { stopServer } from './server.ts';
import { addressesOf } from './start.ts';

export async function resetCluster(home: StateFolder, name: string, options: ResetOptions): Promise<void> {
  await resetDatabases(resettable(home, name, await baseRecord(home, name, options.signal)), options);
}

export function resettable(home: StateFolder, name: string, record: ClusterRecord): ResettableCluster {
  const dir = clusterDir(home, name);
  return {
    members: record.nodes.map((node) => ({ name: node.name, address: addressOf(node, record.password) })),
    layout: addressesOf(record.nodes),
    untouchedFile: join(dir, 'untouched.json'),
    owner: home.owner,
    async register(signal) {
      await createEngine(record, signal);
      await registerNodes(record, signal);
    },
    async restart(nodes, signal) {
      for (const node of nodes) await stopServer(home, { node, dataDir: dataDir(dir, node) }, 'fast', signal);
      return resettable(home, name, await baseRecord(home, name, signal));
    },
  };
}
