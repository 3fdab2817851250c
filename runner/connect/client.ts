// A connection that lives as long as one callback: for the runner's own work, not for a learner's session.
import { Socket } from 'node:net';
import pg from 'pg';
import { UserError } from '../errors.ts';
import type { Address } from './address.ts';
import { sslOptions } from './tls.ts';

export interface ClientOptions {
  readonly signal: AbortSignal;
  /** Another database than the address names. */
  readonly database?: string;
  /** For connecting and all of the callback, in milliseconds; 30 s unless given. Connecting has 30 s of them at most. */
  readonly timeoutMs?: number;
}

const connectingMs = 30_000;

/** Where a client asks for nothing, `pg` takes what PGOPTIONS says. */
const ownOptions = '-c DateStyle=ISO';

/**
 * Connects, hands the client to `use`, closes it.
 * @throws UserError after the deadline; `signal.reason` after an abort; else what the server or the network said.
 */
export async function withClient<T>(
  address: Address,
  { signal, database = address.database, timeoutMs = 30_000 }: ClientOptions,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const { host, port } = address;
  const deadline = AbortSignal.timeout(timeoutMs);
  const connecting = AbortSignal.timeout(connectingMs);
  const stop = AbortSignal.any([signal, deadline]);
  // A socket of our own can be cut; pg's `end` waits for the server, which may be paused.
  const socket = new Socket();
  const cut = () => socket.destroy(new Error('The connection was cut.'));
  stop.addEventListener('abort', cut, { once: true });
  connecting.addEventListener('abort', cut, { once: true });
  const client = new pg.Client({
    ...address,
    database,
    options: address.options ?? ownOptions,
    ssl: sslOptions(address.tls),
    stream: () => socket,
  });
  let isConnected = false;
  client.on('error', () => {}); // one that is lost between two queries shows at the next
  try {
    await client.connect();
    connecting.removeEventListener('abort', cut);
    isConnected = true;
    const result = await use(client);
    await client.end();
    return result;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (deadline.aborted || (connecting.aborted && !isConnected)) {
      const limitMs = isConnected ? timeoutMs : Math.min(timeoutMs, connectingMs);
      throw new UserError(`${host}:${port} did not answer within ${limitMs / 1000} s`, {
        code: 'cluster',
        hint: 'Run "lesson status" to see which servers run.',
        cause: error,
      });
    }
    throw error;
  } finally {
    stop.removeEventListener('abort', cut);
    connecting.removeEventListener('abort', cut);
    socket.destroy();
  }
}
