// Clusters of containers, made by docker compose.
import type { ClusterProvider } from '../../provider.ts';
import { downDocker } from './down.ts';
import { findDocker, listDocker } from './list.ts';
import { upDocker } from './up.ts';

export function dockerHost(): ClusterProvider {
  return {
    kind: 'docker',
    up: upDocker,
    find: (name) => findDocker(name),
    list: () => listDocker(),
    down: downDocker,
  };
}
