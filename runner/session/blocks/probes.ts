// The sessions in which checks ask. They run with the same settings whatever an answer has left in the database or the role.
import type { Cluster } from '../../cluster/port.ts';
import type { Connection } from '../../connect/connection.ts';
import { query } from '../../connect/query.ts';
import { type Connections, openConnections } from './connections.ts';

export const openProbes = (cluster: Pick<Cluster, 'connect'>): Connections =>
  openConnections(cluster, fixSettings);

/** In this order: a timeout could end the statements after it, and a schema hide what the last one asks. */
const statements = [
  'SET statement_timeout = 0',
  'SET search_path = pg_catalog, public',
  // pg_settings is slow: it is asked only where something is set.
  `SELECT (SELECT count(set_config(name, boot_val, false))
             FROM pg_settings
            WHERE source IN ('database', 'user', 'database user')
              AND (context = 'user' OR context = 'superuser' AND current_setting('is_superuser')::boolean)
              AND name <> 'search_path')
    WHERE EXISTS (SELECT FROM pg_db_role_setting)`,
];

async function fixSettings(connection: Connection): Promise<void> {
  const { signal } = new AbortController();
  for (const sql of statements) await query(connection, sql, signal);
}
