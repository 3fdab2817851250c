// Starts the servers of a cluster that are not up, and tells all of them where the others are.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { engineSettings } from '../../../engine/install.ts';
import { UserError } from '../../../errors.ts';
import { writePrivate } from '../../../system/files.ts';
import type { StateFolder } from '../../../system/state-folder.ts';
import { findBinaries, shippedMajor } from './binaries.ts';
import { citusSettings } from './citus-settings.ts';
import { followingConf } from './following.ts';
import { type ServerState, serverState } from './postmaster.ts';
import { type ClusterRecord, dataDir, logFile, type NodeRecord } from './record.ts';
import { type Server, startServer } from './server.ts';
import { pgHbaConf, postgresqlConf } from './settings.ts';
import { together } from './together.ts';

/** Whether a node listens elsewhere than it did. */
export const hasMoved = (now: readonly NodeRecord[], before: readonly NodeRecord[]): boolean =>
  now.some(({ port }, i) => port !== before[i]?.port);

export interface Started {
  /** The nodes with the ports on which they listen now. */
  readonly nodes: readonly NodeRecord[];
  /** The nodes that were not up, and why. */
  readonly started: readonly { readonly node: string; readonly was: ServerState['state'] }[];
}

/** Those of all nodes, or of some. A primary that was replaced stays down: two would take writes. */
export async function startServers(
  home: StateFolder,
  { name, dir, record }: { readonly name: string; readonly dir: string; readonly record: ClusterRecord },
  signal: AbortSignal,
  wanted: (node: NodeRecord) => boolean = ({ replacedBy }) => replacedBy === undefined,
): Promise<Started> {
  const states = await Promise.all(record.nodes.map((node) => settledState(dataDir(dir, node.name), signal)));
  const planned = record.nodes.map((node, i) => ({ ...node, port: portOf(states[i]) ?? node.port }));
  const starts = planned.map((node, i) => states[i]?.state !== 'up' && wanted(node));
  await configure(home, dir, name, { ...record, nodes: planned });
  const { pgCtl } = await findBinaries(home, record.maker.installation);
  const hasCitus = record.maker.installation?.citus !== undefined;
  const ports = await together(
    planned.map((node, i) =>
      starts[i] ? startServer(home, serverOf(dir, node, pgCtl, hasCitus), signal) : node.port,
    ),
  );
  const nodes = planned.map((node, i) => ({ ...node, port: ports[i]! }));
  if (hasMoved(nodes, planned)) await configure(home, dir, name, { ...record, nodes });
  const started = nodes.flatMap(({ name }, i) => (starts[i] ? [{ node: name, was: states[i]!.state }] : []));
  return { nodes, started };
}

/** Citus connects to nodes by their names, which nothing resolves: libpq takes this address for them. */
function serverOf(dir: string, node: NodeRecord, pgCtl: string, hasCitus: boolean): Server {
  return {
    node: node.name,
    dataDir: dataDir(dir, node.name),
    logFile: logFile(dir, node.name),
    port: node.port,
    env: { PGPASSFILE: passFile(dir), ...(hasCitus && { PGHOSTADDR: '127.0.0.1' }) },
    pgCtl,
  };
}

export const passFile = (dir: string): string => join(dir, 'pgpass');
export const engineFolder = (dir: string): string => join(dir, 'engine');
/** PostgreSQL cuts what is longer than 63 bytes. */
const titleOf = (cluster: string, node: string, id: string): string =>
  `lesson ${cluster.slice(0, 45 - node.length)}/${node} ${id}`;
export const addressesOf = (nodes: readonly NodeRecord[]): string =>
  nodes.map(({ name, port }) => `${name}=127.0.0.1:${port}`).join(' ');

/** Writes the configuration files of all servers; those that run read them when they are told to. */
export async function configure(
  home: StateFolder,
  dir: string,
  name: string,
  { id, nodes, maker: { installation } }: ClusterRecord,
): Promise<void> {
  const hasCitus = installation?.citus !== undefined;
  const engine = hasCitus ? citusSettings(installation) : await engineSettings();
  await Promise.all(
    nodes.map(async (node) => {
      const data = dataDir(dir, node.name);
      const conf = postgresqlConf({
        title: titleOf(name, node.name, id),
        addresses: addressesOf(nodes),
        following: followingConf(node, nodes),
        engine,
        engineDir: hasCitus ? undefined : engineFolder(dir),
        major: installation?.major ?? shippedMajor,
      });
      await writePrivate(join(data, 'postgresql.conf'), conf, home.owner);
      await writePrivate(join(data, 'pg_hba.conf'), pgHbaConf, home.owner);
    }),
  );
}

function portOf(state: ServerState | undefined): number | undefined {
  return state && 'postmaster' in state ? state.postmaster.port : undefined;
}

/** A server that is on its way up belongs to a command that was ended: let it arrive. */
async function settledState(data: string, signal: AbortSignal): Promise<ServerState> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
    const state = await serverState(data);
    if (state.state !== 'starting') return state;
    await wait(20, undefined, { signal });
  }
  throw new UserError(`a server has not come up in 30 s (data in "${data}")`, {
    code: 'cluster',
    hint: 'Wait for it, or run "lesson down" and "lesson up".',
  });
}
