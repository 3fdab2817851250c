// Starts the servers of machines that are not up.
import { readFile, rm } from 'node:fs/promises';
import pg from 'pg';
import { withClient } from '../../../connect/client.ts';
import { findBinaries } from '../../../programs/binaries.ts';
import { allEnded } from '../../../system/all-ended.ts';
import { writePrivate } from '../../../system/files.ts';
import { until } from '../../../system/until.ts';
import { ServerFailure } from '../driver.ts';
import { loopback, recordedPort } from './addresses.ts';
import { hasCitus, type LocalSite } from './blueprint.ts';
import { breakSeal } from './data-seal.ts';
import { dataDir, initialPasswordFile, portFile } from './paths.ts';
import { startServer } from './pg-ctl.ts';
import { type ServerState, serverState } from './postmaster.ts';
import { resumeServer } from './signals.ts';

export async function startServers(
  site: LocalSite,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { pgCtl } = await findBinaries(site.state, site.blueprint.installation);
  await allEnded(nodes.map((node) => startOne(site, node, pgCtl, signal)));
}

async function startOne(site: LocalSite, node: string, pgCtl: string, signal: AbortSignal): Promise<void> {
  const { state, dir } = site;
  const data = dataDir(dir, node);
  await resumeServer(data);
  const { postmaster } = await settledState(node, data, signal);
  await breakSeal(dir, node);
  const wantedPort = await recordedPort(dir, node);
  const port = postmaster?.port ?? (await startServer(site, node, { pgCtl, wantedPort }, signal));
  if (port !== wantedPort) await writePrivate(portFile(dir, node), String(port), state.owner);
  await replaceInitialPassword(site, node, port, signal);
}

/** A server that is on its way up belongs to a command that was ended: let it arrive. */
async function settledState(node: string, data: string, signal: AbortSignal): Promise<ServerState> {
  const settled = async () => {
    const found = await serverState(data);
    return found.state !== 'starting' && found;
  };
  const found = await until(settled, { signal, timeoutMs: 30_000, everyMs: 20 });
  if (found) return found;
  throw new ServerFailure(node, 'silent', `${node} did not come up within 30 s (data directory "${data}")`);
}

/** At the first start of data from a template. Citus tells servers apart by a number that it made with the extension. */
async function replaceInitialPassword(
  { dir, password, blueprint }: LocalSite,
  node: string,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  const file = initialPasswordFile(dir, node);
  const initial = await readFile(file, 'utf8').catch(() => undefined);
  if (initial === undefined) return;
  const address = { host: loopback, port, user: 'postgres', password: initial, database: 'postgres' };
  try {
    await withClient(address, { signal }, async (client) => {
      if (hasCitus(blueprint)) {
        await client.query(`
          UPDATE pg_dist_node_metadata
             SET metadata = metadata || jsonb_build_object('server_id', gen_random_uuid())`);
      }
      await client.query(`ALTER ROLE postgres PASSWORD ${client.escapeLiteral(password)}`);
    });
  } catch (error) {
    const wasReplaced = error instanceof pg.DatabaseError && error.code === '28P01'; // before a kill
    if (!wasReplaced) throw error;
  }
  await rm(file, { force: true });
}
