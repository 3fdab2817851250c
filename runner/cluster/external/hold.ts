// Takes a database for one run, against everybody who runs lessons in it, from whichever machine: an advisory lock, gone
// with the session that has it.
import pg from 'pg';
import type { Address } from '../../connect/address.ts';
import { connect } from '../../connect/connection.ts';
import { query } from '../../connect/query.ts';
import { UserError } from '../../errors.ts';

const { signal: never } = new AbortController();

/** "less", "on"; advisory locks are a database's own. */
const key = '1818588019, 28526';

export async function holdDatabase(address: Address, holder: string): Promise<() => Promise<void>> {
  const connection = await connect(address);
  const ask = (sql: string) => query(connection, sql, never);
  await ask(`SET application_name = ${pg.escapeLiteral(holder.slice(0, 63))}`);
  const [[taken] = []] = await ask(`SELECT pg_try_advisory_lock(${key})`);
  if (taken === 't') return () => connection.close();
  const [[what, host, since] = []] = await ask(`
    SELECT application_name, host(client_addr), to_char(backend_start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      FROM pg_stat_activity
      JOIN pg_locks USING (pid)
     WHERE locktype = 'advisory'
       AND (classid, objid) = (${key})
       AND granted
       AND datname = current_database()`);
  await connection.close();
  const from = host ? ` from ${host}` : '';
  const who = `"${what || 'another run'}"${from}${since ? ` since ${since}` : ''}`;
  throw new UserError(`the database "${address.database}" is in use: ${who}`, {
    code: 'cluster',
    hint: 'Wait for it to finish, or use another database.',
  });
}
