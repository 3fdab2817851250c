// The primitives, each with a server process and its data folder.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { allEnded } from '../../../system/all-ended.ts';
import { exists, lastLines } from '../../../system/files.ts';
import { folderSize } from '../../../system/folder-size.ts';
import { isPaused } from '../../../system/processes.ts';
import type { Machine, Machines } from '../driver.ts';
import { addressIn, loopback, recordedPort } from './addresses.ts';
import { hasCitus, type LocalSite } from './blueprint.ts';
import { configure } from './configure.ts';
import { copyData } from './copy-data.ts';
import { createData, writePassFile } from './create-data.ts';
import { dataCopies } from './data-copies.ts';
import { isDamaged, sealData } from './data-seal.ts';
import { endLeftoverProcesses } from './leftover-processes.ts';
import { dataDir, halfDir, logFile, nodeDir, portFile } from './paths.ts';
import { stopServer } from './pg-ctl.ts';
import { type ServerState, serverState } from './postmaster.ts';
import { killServer, pauseServer, resumeServer } from './signals.ts';
import { runSingleUser } from './single-user.ts';
import { startServers } from './start-servers.ts';

/** What the metadata says where only the built-in engine reads it: the port of the clusters that docker makes. */
const usualPort = 5432;

export function localMachines(site: LocalSite): Machines {
  const { state, dir, blueprint } = site;
  const data = (node: string) => dataDir(dir, node);
  const port = (node: string) => recordedPort(dir, node);
  const destroy = async (node: string, signal: AbortSignal) => {
    await stopServer(site, node, 'immediate', signal);
    await endLeftoverProcesses(state, data(node), signal);
    await rm(nodeDir(dir, node), { recursive: true, force: true, maxRetries: 5 });
  };
  return {
    restoreFiles: () => writePassFile(site),
    list: () => listMachines(dir),
    create: async (nodes, signal) => {
      for (const node of nodes) await destroy(node, signal);
      await createData(site, nodes, signal);
    },
    start: (nodes, signal) => startServers(site, nodes, signal),
    stop: async (node, signal) => void (await stopServer(site, node, 'fast', signal)),
    kill: (node, signal) => killServer(data(node), signal),
    pause: (node, signal) => pauseServer(data(node), signal),
    resume: (node) => resumeServer(data(node)),
    destroy,
    async shutDown(signal) {
      const nodes = await nodesWithData(dir);
      const ends = await allEnded(
        nodes.map(async (node) => {
          const end = await stopServer(site, node, 'fast', signal);
          if (end === 'stopped') await sealData(dir, node);
          return end;
        }),
      );
      return nodes.filter((_, i) => ends[i] === 'stopped');
    },
    async destroyAll(signal) {
      await allEnded((await nodesWithData(dir)).map((node) => destroy(node, signal)));
    },
    copyData: (from, to, finish, signal) => copyData(site, from, to, finish, signal),
    copies: dataCopies(site),
    configure: (settings) => configure(site, settings),
    hasFile: (node, file) => exists(join(data(node), file)),
    removeFile: (node, file) => rm(join(data(node), file), { force: true }),
    singleUser: (node, sql, signal) => runSingleUser(site, node, sql, signal),
    log: (node, lines) => lastLines(logFile(dir, node), lines),
    peer: async (node) => ({ host: loopback, port: await port(node) }),
    // Real Citus connects to the port that the metadata says, and to the address of all servers, whatever the name.
    registered: async (node) => [node, hasCitus(blueprint) ? await port(node) : usualPort],
    layout: async (nodes) => (await Promise.all(nodes.map((node) => addressIn(dir, node)))).join(' '),
    dataLocation: dir,
    sizeBytes: () => folderSize(dir),
  };
}

async function listMachines(dir: string): Promise<readonly Machine[]> {
  const nodes = await nodesWithData(dir);
  return Promise.all(
    nodes.map(async (node): Promise<Machine> => {
      const { state, postmaster } = await serverState(dataDir(dir, node));
      if (postmaster === undefined) {
        const port = await recordedPort(dir, node);
        return { node, state: await downState(dir, node, state), host: loopback, port };
      }
      const { pid, port } = postmaster;
      return { node, state: (await isPaused(pid)) ? 'paused' : state, pid, host: loopback, port };
    }),
  );
}

async function downState(dir: string, node: string, state: ServerState['state']): Promise<Machine['state']> {
  if (!(await exists(dataDir(dir, node)))) return 'empty';
  return state === 'stopped' && (await isDamaged(dir, node)) ? 'crashed' : state;
}

/** The nodes that have data in the folder of a cluster, or half of it, recorded or not. */
async function nodesWithData(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir).catch(() => []);
  const hasData = async (node: string) => {
    const parts = [dataDir(dir, node), halfDir(dir, node), portFile(dir, node)];
    return (await Promise.all(parts.map(exists))).includes(true);
  };
  const found = await Promise.all(entries.map(hasData));
  return entries.filter((_, i) => found[i]);
}
