// The compose project of a cluster: the shipped file, and one of ours for the nodes that it does not have.
import { join } from 'node:path';
import { composeFile } from '../../../paths.ts';
import { type DockerOptions, docker } from '../../../programs/docker.ts';
import { writePrivate } from '../../../system/files.ts';
import type { MachineSite } from '../driver.ts';

export interface DockerBlueprint {
  readonly image: string;
}

export type DockerSite = MachineSite<DockerBlueprint>;

export const projectOf = (cluster: string): string => `lesson-${cluster}`;
export const containerOf = (cluster: string, node: string): string => `${projectOf(cluster)}-${node}-1`;
export const volumeOf = (cluster: string, node: string): string => `${projectOf(cluster)}_${node}`;
export const networkOf = (cluster: string): string => `${projectOf(cluster)}_cluster`;

/** The services of the shipped file. */
const shipped = ['coordinator', 'worker-1', 'worker-2'];

/** Runs `docker compose` with these arguments, then the names of the nodes. */
export async function compose(
  { state, name, dir, password, blueprint }: DockerSite,
  args: readonly string[],
  nodes: readonly string[],
  options: DockerOptions,
): Promise<string> {
  const files = ['-f', composeFile];
  const further = nodes.filter((node) => !shipped.includes(node));
  if (further.length > 0) {
    const override = join(dir, 'compose.json');
    await writePrivate(override, `${JSON.stringify(overrideFor(further), null, 2)}\n`, state.owner);
    files.push('-f', override);
  }
  return docker(['compose', '-p', projectOf(name), ...files, ...args, ...nodes], {
    ...options,
    env: { ...options.env, LESSON_PASSWORD: password, LESSON_CITUS_IMAGE: blueprint.image },
  });
}

/** Removes containers and network, also those that no file knows any more. */
export const composeDown = (cluster: string, options: readonly string[], signal: AbortSignal) =>
  docker(['compose', '-p', projectOf(cluster), '-f', composeFile, 'down', '--remove-orphans', ...options], {
    signal,
    env: { LESSON_PASSWORD: 'not used here' },
  });

/** A compose file: JSON is YAML. */
function overrideFor(nodes: readonly string[]): object {
  const service = (node: string) => ({
    extends: { file: composeFile, service: 'worker-1' },
    hostname: node,
    volumes: [`${node}:/var/lib/postgresql`],
  });
  return {
    services: Object.fromEntries(nodes.map((node) => [node, service(node)])),
    volumes: Object.fromEntries(nodes.map((node) => [node, {}])),
  };
}
