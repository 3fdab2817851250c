// A local cluster, put back to the state in which every lesson starts.
import { join } from 'node:path';
import type { StateFolder } from '../../../system/state-folder.ts';
import type { ResetOptions } from '../../port.ts';
import { resetDatabases, type Subject } from '../../reset/reset.ts';
import { addressOf } from './address.ts';
import { baseRecord } from './base.ts';
import { type ClusterRecord, clusterDir, dataDir } from './record.ts';
import { createEngine, registerNodes } from './registration.ts';
import { stopServer } from './server.ts';
import { addressesOf } from './start.ts';

export async function resetCluster(home: StateFolder, name: string, options: ResetOptions): Promise<void> {
  await resetDatabases(subjectOf(home, name, await baseRecord(home, name, options.signal)), options);
}

function subjectOf(home: StateFolder, name: string, record: ClusterRecord): Subject {
  const dir = clusterDir(home, name);
  return {
    members: membersOf(record),
    layout: layoutOf(record),
    restFile: restFile(dir),
    owner: home.owner,
    async register(signal) {
      await createEngine(record, signal);
      await registerNodes(record, signal);
    },
    async restart(nodes, signal) {
      for (const node of nodes) await stopServer(home, { node, dataDir: dataDir(dir, node) }, 'fast', signal);
      return subjectOf(home, name, await baseRecord(home, name, signal));
    },
  };
}

export const restFile = (dir: string): string => join(dir, 'rest.json');
export const layoutOf = ({ nodes }: ClusterRecord): string => addressesOf(nodes);
export const membersOf = ({ nodes, password }: ClusterRecord) =>
  nodes.map((node) => ({ name: node.name, address: addressOf(node, password) }));
