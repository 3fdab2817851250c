// A cluster in Docker, put back to the state in which every lesson starts.

import type { StateFolder } from '../../../system/state-folder.ts';
import type { ResetOptions } from '../../port.ts';
import { type ResettableCluster, resetDatabases } from '../../reset/reset.ts';
import type { ClusterMember } from '../../reset/servers.ts';
import { addressOf } from './address.ts';
import { untilAnswers } from './answers.ts';
import { baseProject } from './base.ts';
import { listContainers } from './containers.ts';
import { docker } from './docker.ts';
import { containerOf, type Project } from './project.ts';
import { type ClusterRecord, untouchedFile } from './record.ts';
import { createEngine, registerNodes } from './registration.ts';

export async function resetCluster(home: StateFolder, name: string, options: ResetOptions): Promise<void> {
  const project = await baseProject(home, name, options.signal);
  await resetDatabases(await resettable(project, options.signal), options);
}

export async function resettable(project: Project, signal: AbortSignal): Promise<ResettableCluster> {
  return {
    members: await membersOf(project, signal),
    layout: layoutOf(project.record),
    untouchedFile: untouchedFile(project.dir),
    owner: project.home.owner,
    async register(signal) {
      await createEngine(project, signal);
      await registerNodes(project, signal);
    },
    async restart(nodes, signal) {
      const containers = nodes.map((node) => containerOf(project.name, node));
      await docker(['restart', '-t', '30', ...containers], { signal });
      await untilAnswers(project, nodes, signal);
      return resettable(project, signal);
    },
  };
}

/** Names are host names in there: where the ports are does not matter. */
const layoutOf = ({ image, nodes }: ClusterRecord): string =>
  [image, ...nodes.map(({ name }) => name)].join(' ');

async function membersOf({ name, record }: Project, signal: AbortSignal): Promise<readonly ClusterMember[]> {
  const containers = await listContainers(name, signal);
  return record.nodes.map((node) => ({
    name: node.name,
    address: addressOf(
      record.password,
      containers.find((each) => each.node === node.name),
    ),
  }));
}
