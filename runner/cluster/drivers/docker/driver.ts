// Machines in Docker: containers, made by docker compose from the file that ships.

import { wantedImage } from '../../../programs/docker-image.ts';
import type { Driver } from '../driver.ts';
import { dockerMachines } from './machines.ts';
import type { DockerBlueprint } from './project.ts';

export function dockerDriver(): Driver<DockerBlueprint> {
  return {
    kind: 'docker',
    hasWorkers: true,
    folder: 'docker',
    roomBytes: 250e6,
    // A cluster keeps its image.
    blueprint: async (known) => known ?? { image: wantedImage() },
    outdated: () => undefined,
    machines: dockerMachines,
  };
}
