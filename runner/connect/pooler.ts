// A pooler that hands one session to several clients, as PgBouncer does in transaction mode: settings, temporary tables and
// prepared statements of a lesson would be another client's.
import type { Client } from 'pg';
import { UserError } from '../errors.ts';
import type { Address } from './address.ts';
import { withClient } from './client.ts';

/** @throws UserError where two clients are served by one process, or one client by two. */
export async function requireOwnSession(address: Address, signal: AbortSignal): Promise<void> {
  const options = { signal, timeoutMs: 10_000 };
  await withClient(address, options, (first) =>
    withClient(address, options, async (second) => {
      const pids = [await pidOf(first), await pidOf(second), await pidOf(first)];
      if (pids[0] === pids[1] || pids[0] !== pids[2]) throw sharedSession(address);
    }),
  );
}

const pidOf = async (client: Client): Promise<number> =>
  (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;

const sharedSession = ({ host, port }: Pick<Address, 'host' | 'port'>): UserError =>
  new UserError(`${host}:${port} is a pooler that shares sessions between clients`, {
    code: 'cluster',
    hint: 'A lesson needs sessions of its own: give the URL of the coordinator itself, or of a pool with pool_mode = session.',
  });
