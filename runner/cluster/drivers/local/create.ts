// Makes a cluster from nothing.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { installEngine } from '../../../engine/install.ts';
import { UserError } from '../../../errors.ts';
import { writePrivate } from '../../../system/files.ts';
import { makeFolder, type StateFolder } from '../../../system/state-folder.ts';
import { withClient } from '../../connect/client.ts';
import { baseNames, baseRole } from '../../orchestration/node-record.ts';
import { noteNewCluster } from '../../reset/reset.ts';
import { addressOf } from './address.ts';
import { discard } from './discard.ts';
import { findFreePorts } from './ports.ts';
import {
  type ClusterRecord,
  clusterDir,
  dataDir,
  type Maker,
  type NodeRecord,
  nodeDir,
  writeRecord,
} from './record.ts';
import { refreshAddresses, registerNodes, renewServerIds } from './registration.ts';
import { resettable } from './reset.ts';
import { engineFolder, hasMoved, passFile, startServers } from './start.ts';
import { getTemplate, type Template } from './template.ts';
import { copyTree, giveTree } from './tree.ts';

/** Leaves nothing behind where it fails or is stopped. */
export async function createCluster(
  home: StateFolder,
  { name, workers, maker }: { readonly name: string; readonly workers: number; readonly maker: Maker },
  signal: AbortSignal,
): Promise<void> {
  const dir = clusterDir(home, name);
  try {
    await make(home, name, dir, workers, maker, signal);
  } catch (error) {
    await discard(home, dir, AbortSignal.timeout(60_000));
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(dir, error) : error;
  }
}

async function make(
  home: StateFolder,
  name: string,
  dir: string,
  workers: number,
  maker: Maker,
  signal: AbortSignal,
) {
  const template = await getTemplate(home, maker, signal);
  const ports = await findFreePorts(workers + 1);
  const planned: ClusterRecord = {
    maker,
    id: randomBytes(4).toString('hex'),
    createdAt: new Date().toISOString(),
    password: randomBytes(24).toString('base64url'),
    workers,
    nodes: baseNames(workers).map((name, i) => ({
      name,
      role: baseRole(name),
      port: ports[i]!,
    })),
  };
  await makeFolder(dir, home.owner);
  await writePrivate(passFile(dir), `*:*:*:postgres:${planned.password}\n`, home.owner);
  if (maker.installation?.citus === undefined) {
    await installEngine(engineFolder(dir));
    giveTree(engineFolder(dir), home.owner);
  }
  await addServers(home, dir, template, planned.nodes);
  const { nodes } = await startServers(home, { name, dir, record: planned }, signal);
  const record = { ...planned, nodes };
  await setPasswords(nodes, template.password, record.password, signal);
  await renewServerIds(record, nodes, signal);
  if (hasMoved(nodes, planned.nodes)) await refreshAddresses(dir, record, signal);
  await registerNodes(record, signal);
  await noteNewCluster(resettable(home, name, record), signal);
  await writeRecord(dir, record, home);
}

/** Gives each of the nodes its data. */
export async function addServers(
  home: StateFolder,
  dir: string,
  template: Template,
  nodes: readonly NodeRecord[],
) {
  for (const { name } of nodes) await makeFolder(nodeDir(dir, name), home.owner);
  const copies = nodes.map(({ name }) => dataDir(dir, name));
  // template0, whose oid is 4 since PostgreSQL 15: no server lets anybody connect to it.
  const constant = join(template.dataDir, 'base', '4');
  await copyTree(template.dataDir, copies, { owner: home.owner, constant });
}

export async function setPasswords(
  nodes: readonly NodeRecord[],
  old: string,
  password: string,
  signal: AbortSignal,
) {
  await Promise.all(
    nodes.map((node) =>
      withClient(addressOf(node, old), { signal }, (client) =>
        client.query(`ALTER ROLE postgres PASSWORD ${client.escapeLiteral(password)}`),
      ),
    ),
  );
}

function diskFull(dir: string, cause: unknown): UserError {
  return new UserError(`the disk is full: no room for a cluster in "${dir}"`, {
    code: 'cluster',
    hint: 'A cluster takes about 150 MB. Make room, or set LESSON_STATE_DIR to a folder on another disk.',
    cause,
  });
}
