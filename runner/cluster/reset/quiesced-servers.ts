// The servers of a cluster at once, each with one session for all of a reset: connecting takes longer than copying.
import type { Client } from 'pg';
import type { Address } from '../../connect/address.ts';
import { withSuperuserClient } from '../../connect/superuser-client.ts';
import { UserError } from '../../errors.ts';
import type { NodeStatus } from '../port.ts';
import { BeyondReset } from './beyond-reset.ts';
import { dropDatabase } from './database.ts';
import { createPristine, pristine, replaceTemplate1 } from './pristine.ts';
import { endSessions, freeDatabases, readContents, type ServerContents } from './server-contents.ts';
import { isAsNoted, type NodeMarks, trustedSnapshots } from './untouched.ts';

export type NodeAddress = Pick<NodeStatus, 'name' | 'address'>;

/** A server that nobody else uses, whose `template1` is sound; the session is connected to that. */
export interface QuiescedServer extends NodeAddress {
  readonly client: Client;
  readonly found: ServerContents;
  /** Since it was noted. */
  readonly isUntouched: boolean;
  /** The snapshots that nobody has opened since they were made. */
  readonly trusted: readonly string[];
}

/** What is to be taken to be sound. */
export interface Trust {
  readonly noted: readonly NodeMarks[] | undefined;
  /** Not even the files of `postgres`: while some are gone, checkpoints fail, and so does all that needs one. */
  readonly isFromNothing: boolean;
}

/** @throws BeyondReset where a server lets nobody in, or nothing could be made from what is there; what `use` throws. */
export async function withQuiescedServers<T>(
  nodes: readonly NodeAddress[],
  { noted, isFromNothing }: Trust,
  signal: AbortSignal,
  use: (servers: readonly QuiescedServer[]) => Promise<T>,
): Promise<T> {
  let settle = (_result: Promise<T>) => {};
  const end = new Promise<T>((resolve) => {
    settle = resolve;
  });
  end.catch(() => {}); // it is what this function throws
  const sessions: Promise<void>[] = [];
  const servers = nodes.map(
    (node, i) =>
      new Promise<QuiescedServer>((resolve, reject) => {
        const hold = (server: QuiescedServer) => {
          resolve(server);
          return end;
        };
        sessions.push(withQuiescedServer(node, noted?.[i], isFromNothing, signal, hold).catch(reject));
      }),
  );
  settle(Promise.all(servers).then(use));
  await Promise.all(sessions);
  return end;
}

async function withQuiescedServer(
  node: NodeAddress,
  noted: NodeMarks | undefined,
  isFromNothing: boolean,
  signal: AbortSignal,
  use: (server: QuiescedServer) => Promise<unknown>,
): Promise<void> {
  const { address } = node;
  const useIn = (client: Client, found: ServerContents) => {
    const isUntouched = isAsNoted(found, noted);
    return use({ ...node, client, found, isUntouched, trusted: trustedSnapshots(found, noted) });
  };
  const isSound = await withAnyDatabase(address, signal, async (client, database) => {
    const found = await quiesce(client, address, signal);
    if (isFromNothing && database !== 'postgres') await dropDatabase(client, 'postgres');
    if (database === 'template1' && (isAsNoted(found, noted) || found.template1 === noted?.template1)) {
      await useIn(client, found);
      return true;
    }
    if (database !== pristine) await createPristine(client, address, pristine, signal);
    return false;
  });
  if (isSound) return;
  await withSuperuserClient(address, { signal, database: pristine }, replaceTemplate1);
  await withSuperuserClient(address, { signal, database: 'template1' }, async (client) => {
    await dropDatabase(client, pristine);
    await useIn(client, await quiesce(client, address, signal));
  });
}

/** In `template1` where that lets us in: it is not to be dropped, copied or left in use. */
async function withAnyDatabase<T>(
  address: Address,
  signal: AbortSignal,
  use: (client: Client, database: string) => Promise<T>,
): Promise<T> {
  let refusal: unknown;
  for (const database of ['template1', 'postgres', pristine]) {
    let isIn = false;
    try {
      return await withSuperuserClient(address, { signal, database }, (client) => {
        isIn = true;
        return use(client, database);
      });
    } catch (error) {
      signal.throwIfAborted();
      if (isIn) throw error;
      refusal ??= error;
      if (error instanceof UserError) break; // it does not answer
    }
  }
  throw new BeyondReset(refusal);
}

async function quiesce(client: Client, address: Address, signal: AbortSignal): Promise<ServerContents> {
  await endSessions(client, signal);
  const found = await readContents(client);
  if (!found.isSuperuser)
    throw new BeyondReset(new Error(`"${address.user}" is no longer the role that initdb created`));
  if (!found.hasTemplate0)
    throw new BeyondReset(new Error('the database "template0" is missing or accepts connections'));
  await freeDatabases(client, address, found, signal);
  return found;
}
