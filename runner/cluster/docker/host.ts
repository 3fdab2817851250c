// Clusters of containers, made by docker compose.
import type { ClusterHost } from '../host.ts';
import { downDocker } from './down.ts';
import { findDocker, listDocker } from './list.ts';
import { upDocker } from './up.ts';

export function dockerHost(): ClusterHost {
  return {
    kind: 'docker',
    up: upDocker,
    find: (name) => findDocker(name),
    list: () => listDocker(),
    down: downDocker,
  };
}
