import { composeFile } from '../../../paths.ts';
import { docker } from '../../../programs/docker.ts';
import { listVolumes } from './containers.ts';
import { projectOf, volumeOf } from './project.ts';

/** Removes containers and network, also those that no file knows any more, and with them the volumes, if asked. */
export async function removeProject(
  name: string,
  { volumes }: { readonly volumes: boolean },
  signal: AbortSignal,
): Promise<void> {
  const how = volumes ? ['-t', '0', '-v'] : ['-t', '2'];
  await docker(['compose', '-p', projectOf(name), '-f', composeFile, 'down', '--remove-orphans', ...how], {
    signal,
    env: { LESSON_PASSWORD: 'not used here' },
  });
  if (!volumes) return;
  const left = await listVolumes(name, signal);
  if (left.length === 0) return;
  await docker(['volume', 'rm', '-f', ...left.map((node) => volumeOf(name, node))], { signal });
}
