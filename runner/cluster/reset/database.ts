import type { Client } from 'pg';

/** For CREATE DATABASE. Copying files, with a checkpoint before, is three times as quick as copying through the log. */
export const byFiles = 'STRATEGY file_copy';

/** Also one that is in use, or a template; nothing where there is none. */
export async function dropDatabase(client: Client, database: string): Promise<void> {
  const name = client.escapeIdentifier(database);
  const { rows } = await client.query('SELECT datistemplate FROM pg_database WHERE datname = $1', [database]);
  if (rows[0]?.datistemplate) await client.query(`ALTER DATABASE ${name} IS_TEMPLATE false`);
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}
