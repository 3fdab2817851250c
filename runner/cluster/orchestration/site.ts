// A cluster as orchestration works on it: its record, its machines, and a way to ask its servers.
import { randomBytes } from 'node:crypto';
import { UserError } from '../../errors.ts';
import type { StateFolder } from '../../system/state-folder.ts';
import type { Driver, Machine, Machines } from '../drivers/driver.ts';
import type { ResetOptions } from '../port.ts';
import { type ClusterRecord, clusterDir, readRecord, writeRecord } from './cluster-record.ts';
import type { NodeCommands } from './node-commands.ts';
import { coordinatorOf, promoted } from './node-record.ts';

export interface Site {
  readonly driver: Driver;
  readonly state: StateFolder;
  readonly sql: ServerSql;
  /** The name of the cluster. */
  readonly name: string;
  /** Its folder. */
  readonly dir: string;
  readonly record: ClusterRecord;
  readonly machines: Machines;
  readonly commands: NodeCommands;
  /** Is told, in sentences, of all that takes time and of all that was not as it should be. */
  readonly report: (message: string) => void;
}

/** Where clusters are, and all that orchestration reaches them by. */
export interface Ground {
  readonly driver: Driver;
  readonly state: StateFolder;
  readonly sql: ServerSql;
  readonly report?: (message: string) => void;
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

export function openSite(ground: Ground, name: string, record: ClusterRecord): Site {
  const { driver, state, sql, report = () => {} } = ground;
  const dir = clusterDir(state, driver, name);
  const { id, password, blueprint } = record;
  const machines = driver.machines({ state, name, dir, id, password, blueprint, report });
  const commands = sql.commandsOf({ machines, record });
  return { driver, state, sql, name, dir, record, machines, commands, report };
}

/** Machines of a cluster of which no record tells: they can be listed, stopped and removed. */
export function unrecordedMachines({ driver, state, report = () => {} }: Ground, name: string): Machines {
  const dir = clusterDir(state, driver, name);
  return driver.machines({ state, name, dir, id: '', password: '', blueprint: undefined, report });
}

/** @throws UserError where there is no cluster of that name, or only half of one. */
export async function existingSite(ground: Ground, name: string, signal: AbortSignal): Promise<Site> {
  const record = await readRecord(clusterDir(ground.state, ground.driver, name));
  if (record?.isWhole) return withPromotions(openSite(ground, name, record), signal);
  throw unknownCluster(ground.driver, name);
}

export function unknownCluster({ kind }: Driver, name: string): UserError {
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
  return nodes === site.record.nodes ? site : { ...site, record: { ...site.record, nodes } };
}

/** Writes a changed record; returns the site with it. */
export async function saved(site: Site, changes: Partial<ClusterRecord>): Promise<Site> {
  const record = { ...site.record, ...changes };
  await writeRecord(site.dir, record, site.state);
  return { ...site, record };
}

export const newSecret = (): string => randomBytes(24).toString('base64url');
export const newId = (): string => randomBytes(4).toString('hex');

export async function machineOf(
  { machines }: Pick<Site, 'machines'>,
  node: string,
  signal: AbortSignal,
): Promise<Machine | undefined> {
  return (await machines.list(signal)).find((machine) => machine.node === node);
}

/** Whether its server runs, and moves: one that is paused would keep whoever asks it something waiting. */
export async function isUp(site: Site, node: string, signal: AbortSignal): Promise<boolean> {
  return (await machineOf(site, node, signal))?.state === 'up';
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
export const lockOf = ({ kind }: Driver, use: 'up' | 'run', name: string): string =>
  kind === 'local' ? `${use}.${name}` : `${use}.${name}@${kind}`;
