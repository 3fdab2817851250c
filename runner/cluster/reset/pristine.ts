// Databases as they were before any lesson, made from `template0`, to which nobody connects.
import type { Client } from 'pg';
import type { Address } from '../../connect/address.ts';
import { withSuperuserClient } from '../../connect/superuser-client.ts';
import { byFiles, dropDatabase } from './database.ts';

/** What `template1` is created from again. */
export const pristine = 'lesson_pristine';

/** With what the built-in engine, where it is, needs there before its extension can be made. */
export async function createPristine(
  client: Client,
  address: Address,
  database: string,
  signal: AbortSignal,
): Promise<void> {
  await dropDatabase(client, database);
  await client.query(`CREATE DATABASE ${database} TEMPLATE template0 ${byFiles}`);
  await withSuperuserClient(address, { signal, database }, addExtensions);
}

async function addExtensions(client: Client): Promise<void> {
  const { rows } = await client.query(
    `SELECT current_setting('extension_control_path', true) ~ '/engine' AS has_engine`,
  );
  if (!rows[0].has_engine) return;
  await client.query('CREATE EXTENSION IF NOT EXISTS postgres_fdw; CREATE EXTENSION IF NOT EXISTS dblink');
}

/** In a session in the pristine database, which another reset may have left incomplete. */
export async function replaceTemplate1(client: Client): Promise<void> {
  await addExtensions(client);
  await dropDatabase(client, 'template1');
  await client.query(`CREATE DATABASE template1 TEMPLATE ${pristine} ${byFiles} IS_TEMPLATE true`);
  // As initdb has them.
  await client.query(`COMMENT ON DATABASE template1 IS 'default template for new databases'`);
  await client.query('REVOKE CREATE, TEMPORARY ON DATABASE template1 FROM public');
}
