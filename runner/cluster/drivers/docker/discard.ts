// Throws a cluster away, whole or half-made, known here or not.
import { rm } from 'node:fs/promises';
import { composeFile } from '../../../paths.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import { docker } from './docker.ts';
import { projectOf } from './project.ts';
import { clusterDir } from './record.ts';

/** Removes containers, network, volumes, and what is known of the cluster. */
export async function discard(home: StateFolder, name: string, signal: AbortSignal): Promise<void> {
  await removeContainers(name, { volumes: true }, signal);
  const volumes = await findVolumes(name, signal);
  if (volumes.length > 0) await docker(['volume', 'rm', '-f', ...volumes], { signal });
  await rm(clusterDir(home, name), { recursive: true, force: true });
}

/** Also those of nodes that no file knows any more. */
export async function removeContainers(
  name: string,
  { volumes }: { readonly volumes: boolean },
  signal: AbortSignal,
): Promise<void> {
  const how = volumes ? ['-t', '0', '-v'] : ['-t', '2'];
  await docker(['compose', '-p', projectOf(name), '-f', composeFile, 'down', '--remove-orphans', ...how], {
    signal,
    env: { LESSON_PASSWORD: 'of no interest here' },
  });
}

/** The containers and volumes that Docker has of it. */
export async function findTraces(name: string, signal: AbortSignal): Promise<readonly string[]> {
  const containers = await docker(['ps', '-aq', ...labelled(name)], { signal });
  return [...containers.split('\n').filter(Boolean), ...(await findVolumes(name, signal))];
}

async function findVolumes(name: string, signal: AbortSignal): Promise<readonly string[]> {
  const volumes = await docker(['volume', 'ls', '-q', ...labelled(name)], { signal });
  return volumes.split('\n').filter(Boolean);
}

const labelled = (name: string) => ['--filter', `label=com.docker.compose.project=${projectOf(name)}`];
