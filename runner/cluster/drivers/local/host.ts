// Local clusters: server processes on this machine.
import type { ClusterProvider } from '../../provider.ts';
import { downLocal } from './down.ts';
import { findLocal, listLocal } from './list.ts';
import { upLocal } from './up.ts';

/** @param pgBin The folder of another PostgreSQL than the npm package's. */
export function localHost(pgBin?: string): ClusterProvider {
  return {
    kind: 'local',
    up: (options) => upLocal({ ...options, pgBin }),
    find: findLocal,
    list: listLocal,
    down: downLocal,
  };
}
