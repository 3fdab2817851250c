// A cluster as orchestration works on it: its folder, its record, its machines, and a way to ask its servers.
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import type { StateFolder } from '../../system/state-folder.ts';
import type { Driver, Machine, Machines } from '../drivers/driver.ts';
import type { ResetOptions } from '../port.ts';
import { type ClusterRecord, readRecord, writeRecord } from './cluster-record.ts';
import { checkClusterName } from './names.ts';
import type { NodeCommands } from './node-commands.ts';
import { coordinatorOf, promoted } from './node-record.ts';

/** Where clusters are, and all that orchestration reaches them by. */
export interface Ground {
  readonly driver: Driver;
  readonly state: StateFolder;
  readonly sql: ServerSql;
  /** Is told, in sentences, of all that takes time and of all that was not as it should be. */
  readonly report?: (message: string) => void;
}

/** Where one cluster is, whatever there is of it. */
export interface Plot extends Required<Ground> {
  /** The name of the cluster. */
  readonly name: string;
  /** Its folder. */
  readonly dir: string;
}

export interface Site extends Plot {
  readonly record: ClusterRecord;
  readonly machines: Machines;
  readonly commands: NodeCommands;
}

/** What is asked of servers in SQL: tests have another one. */
export interface ServerSql {
  readonly commandsOf: (site: Pick<Site, 'machines' | 'record'>) => NodeCommands;
  /** Puts all databases of a cluster back to the state in which every lesson starts. @throws BeyondReset */
  readonly resetDatabases: (site: Site, options: ResetOptions) => Promise<void>;
  readonly keepCheckpoint: (site: Site, signal: AbortSignal) => Promise<boolean>;
  readonly restoreCheckpoint: (site: Site, signal: AbortSignal) => Promise<boolean>;
  /** Remembers that the databases are as they were made. */
  readonly noteNewCluster: (site: Site, signal: AbortSignal) => Promise<void>;
}

/** @throws UserError for what cannot be a name. */
export function plotOf(ground: Ground, name: string): Plot {
  checkClusterName(name);
  return { report: () => {}, ...ground, name, dir: join(ground.state.dir, ground.driver.folder, name) };
}

export function openSite(plot: Plot, record: ClusterRecord): Site {
  const { id, password, blueprint } = record;
  const machines = plot.driver.machines({ ...plot, id, password, blueprint });
  return { ...plot, record, machines, commands: plot.sql.commandsOf({ machines, record }) };
}

/** Machines of a cluster of which no record tells: they can be listed, stopped and removed. */
export const unrecordedMachines = (plot: Plot): Machines =>
  plot.driver.machines({ ...plot, id: '', password: '', blueprint: undefined });

/** @throws UserError where there is no cluster of that name, or only half of one. */
export async function existingSite(plot: Plot, signal: AbortSignal): Promise<Site> {
  const record = await readRecord(plot);
  if (record?.isWhole) return withPromotions(openSite(plot, record), signal);
  throw unknownCluster(plot);
}

export function unknownCluster({ driver: { kind }, name }: Plot): UserError {
  const option = kind === 'local' ? '' : ` --cluster ${kind}`;
  return new UserError(`there is no cluster "${name}"${kind === 'local' ? '' : ` of kind ${kind}`}`, {
    code: 'cluster',
    hint: `Run "lesson up${option}"; "lesson status" lists the existing clusters.`,
  });
}

/** The site with what is so: a standby may have been promoted by hand, and PostgreSQL says it by removing a file. */
async function withPromotions(site: Site, signal: AbortSignal): Promise<Site> {
  let { nodes } = site.record;
  for (const { name, follows } of nodes) {
    if (!follows || (await site.machines.hasFile(name, 'standby.signal', signal))) continue;
    if (await site.machines.hasFile(name, 'PG_VERSION', signal)) nodes = promoted(nodes, name);
  }
  return withNodes(site, nodes);
}

/** As it is to be recorded. */
export const withNodes = (site: Site, nodes: ClusterRecord['nodes']): Site => ({
  ...site,
  record: { ...site.record, nodes },
});

/** Writes a changed record; returns the site with it. */
export async function saved(site: Site, changes: Partial<ClusterRecord>): Promise<Site> {
  const record = { ...site.record, ...changes };
  await writeRecord(site, record);
  return { ...site, record };
}

export async function machineOf(
  { machines }: Pick<Site, 'machines'>,
  node: string,
  signal: AbortSignal,
): Promise<Machine | undefined> {
  return (await machines.list(signal)).find((machine) => machine.node === node);
}

/** The nodes whose servers run, and move: one that is paused would keep whoever asks it something waiting. */
export async function nodesUp({ machines }: Site, signal: AbortSignal): Promise<readonly string[]> {
  return (await machines.list(signal)).filter(({ state }) => state === 'up').map(({ node }) => node);
}

export async function isUp(site: Site, node: string, signal: AbortSignal): Promise<boolean> {
  return (await nodesUp(site, signal)).includes(node);
}

/** @throws UserError where a node cannot be asked anything. */
export async function requireUp(site: Site, node: string, signal: AbortSignal): Promise<void> {
  const state = (await machineOf(site, node, signal))?.state;
  if (state === 'up') return;
  const isPaused = state === 'paused';
  throw new UserError(`${node} is ${isPaused ? 'paused' : 'down'}`, {
    code: 'cluster',
    hint: `Run "lesson node ${isPaused ? 'resume' : 'start'} ${node}" first.`,
  });
}

export const coordinatorName = ({ record }: Site): string => coordinatorOf(record.nodes).name;
