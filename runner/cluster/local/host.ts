// Local clusters: server processes on this machine.
import type { ClusterHost } from '../host.ts';
import { downLocal } from './down.ts';
import { findLocal, listLocal } from './list.ts';
import { upLocal } from './up.ts';

export function localHost(): ClusterHost {
  return { kind: 'local', up: upLocal, find: findLocal, list: listLocal, down: downLocal };
}
