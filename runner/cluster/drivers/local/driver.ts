// Local machines: server processes on this computer.
import type { Driver } from '../driver.ts';
import { currentBlueprint, type LocalBlueprint, outdatedBlueprint } from './blueprint.ts';
import { localMachines } from './machines.ts';

/** @param pgBin The folder of another PostgreSQL than the npm package's; that of the cluster, if it has one, unless given. */
export function localDriver(pgBin?: string): Driver<LocalBlueprint> {
  return {
    kind: 'local',
    folder: 'clusters',
    roomBytes: 150e6,
    blueprint: (known) => currentBlueprint(pgBin ?? known?.installation?.bin),
    outdated: outdatedBlueprint,
    machines: localMachines,
  };
}
