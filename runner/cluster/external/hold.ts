// Takes a database for one run, against everybody who runs lessons in it, from whichever machine: an advisory lock, gone
// with the session that has it.
import pg from 'pg';
import type { Address } from '../../connect/address.ts';
import { sslOptions } from '../../connect/tls.ts';
import { UserError } from '../../errors.ts';

/** "less", "on"; advisory locks are a database's own. */
const key = '1818588019, 28526';

export async function holdDatabase(address: Address, holder: string): Promise<() => Promise<void>> {
  const client = new pg.Client({
    ...address,
    ssl: sslOptions(address.tls),
    application_name: holder.slice(0, 63),
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => {}); // who loses the server is told of it elsewhere
  await client.connect();
  const { rows } = await client.query(`SELECT pg_try_advisory_lock(${key}) AS taken`);
  if (rows[0].taken) return () => client.end();
  const other = await client.query(`
    SELECT application_name AS what, host(client_addr) AS host, backend_start AS since
      FROM pg_stat_activity
      JOIN pg_locks USING (pid)
     WHERE locktype = 'advisory'
       AND (classid, objid) = (${key})
       AND granted
       AND datname = current_database()`);
  await client.end();
  throw inUse(address, other.rows[0]);
}

interface Other {
  readonly what: string | null;
  readonly host: string | null;
  readonly since: Date | null;
}

function inUse({ database }: Address, { what, host, since }: Partial<Other> = {}): UserError {
  const who = [`"${what || 'another run'}"`, ...(host ? [`from ${host}`] : [])].join(' ');
  return new UserError(
    `the database "${database}" is in use: ${who}${since ? ` since ${since.toISOString()}` : ''}`,
    { code: 'cluster', hint: 'Wait for it to end, or take another database.' },
  );
}
