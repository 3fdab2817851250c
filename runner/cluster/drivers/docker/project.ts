// The compose project of a cluster: the shipped file, and one of ours for the nodes that it does not have.
import { join } from 'node:path';
import { composeFile } from '../../../paths.ts';
import { writePrivate } from '../../../system/files.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import { type DockerOptions, docker } from './docker.ts';
import type { ClusterRecord } from './record.ts';

export const projectOf = (cluster: string): string => `lesson-${cluster}`;
export const containerOf = (cluster: string, node: string): string => `${projectOf(cluster)}-${node}-1`;
export const volumeOf = (cluster: string, node: string): string => `${projectOf(cluster)}_${node}`;
export const networkOf = (cluster: string): string => `${projectOf(cluster)}_cluster`;

/** The services of the shipped file. */
const shipped = ['coordinator', 'worker-1', 'worker-2'];

/** A cluster as it is in Docker. */
export interface Project {
  readonly home: StateFolder;
  /** The name of the cluster. */
  readonly name: string;
  /** Where what is known of it is kept. */
  readonly dir: string;
  readonly record: ClusterRecord;
}

/** Runs a command of `docker compose` on the nodes of the record. */
export async function compose(
  { home, name, dir, record }: Project,
  args: readonly string[],
  options: DockerOptions,
): Promise<string> {
  const files = ['-f', composeFile];
  const further = record.nodes.map((node) => node.name).filter((node) => !shipped.includes(node));
  if (further.length > 0) {
    const override = join(dir, 'compose.json');
    await writePrivate(override, `${JSON.stringify(overrideFor(further), null, 2)}\n`, home.owner);
    files.push('-f', override);
  }
  return docker(['compose', '-p', projectOf(name), ...files, ...args], {
    ...options,
    env: { ...options.env, LESSON_PASSWORD: record.password, LESSON_CITUS_IMAGE: record.image },
  });
}

/** A compose file: JSON is YAML. */
export function overrideFor(nodes: readonly string[]): object {
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
