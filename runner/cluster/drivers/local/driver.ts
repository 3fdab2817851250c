// Local machines: server processes on this computer. Those of one PostgreSQL server differ in what they are made of.
import type { Driver } from '../driver.ts';
import { currentBlueprint, type LocalBlueprint, outdatedBlueprint } from './blueprint.ts';
import { localMachines } from './machines.ts';

/** @param pgBin The folder of another PostgreSQL than the npm package's; that of the cluster, if it has one, unless given. */
export function localDriver(pgBin?: string): Driver<LocalBlueprint> {
  return {
    kind: 'local',
    hasWorkers: true,
    folder: 'clusters',
    roomBytes: 150e6,
    blueprint: (known) => currentBlueprint(pgBin ?? known?.installation?.bin),
    outdated: outdatedBlueprint,
    machines: localMachines,
  };
}

/** One server each, without Citus and without the built-in engine. */
export function postgresDriver(pgBin?: string): Driver<LocalBlueprint> {
  return {
    ...localDriver(),
    kind: 'postgres',
    hasWorkers: false,
    folder: 'postgres',
    blueprint: (known) => currentBlueprint(pgBin ?? known?.installation?.bin, 'no engine'),
  };
}
