// Puts a database back to the state in which lessons found it, without a superuser and without dropping it.
import type { Client } from 'pg';
import type { Address } from '../../connect/address.ts';
import { withClient } from '../../connect/client.ts';
import { UserError } from '../../errors.ts';
import type { ResetOptions } from '../port.ts';
import { applyInit } from '../reset/init-sql.ts';
import { requireEmpty } from './inspect.ts';
import { type Before, type NodeBefore, readMarker, readNow, removeMarker, writeMarker } from './marker.ts';
import { objects } from './objects.ts';

/** @throws UserError where the database holds what no lesson made, or something cannot be dropped. */
export async function resetDatabase(address: Address, { initSql, signal }: ResetOptions): Promise<void> {
  await inDatabase(address, signal, async (client) => {
    const before = await readMarker(client);
    if (before === undefined) {
      await requireEmpty(client, address);
      await writeMarker(client);
    } else {
      await clear(client, before);
    }
  });
  if (initSql !== undefined) await applyInit(address, initSql, signal);
}

/** As it was before the first lesson; nothing where no lesson ran. */
export async function leaveDatabase(address: Address, signal: AbortSignal): Promise<void> {
  await inDatabase(address, signal, async (client) => {
    const before = await readMarker(client);
    if (before === undefined) return;
    await clear(client, before);
    await dropOrphans(client);
    await removeMarker(client);
  });
}

async function inDatabase(address: Address, signal: AbortSignal, use: (client: Client) => Promise<void>) {
  try {
    await withClient(address, { signal }, async (client) => {
      await client.query(`SET lock_timeout = '5s'; SET client_min_messages = error`);
      await use(client);
    });
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      `the database "${address.database}" could not be reset: ${(cause as Error).message}`,
      {
        code: 'cluster',
        hint: 'Check that nobody else is using it: lessons need a database of their own.',
        cause,
      },
    );
  }
}

async function clear(client: Client, before: Before): Promise<void> {
  await endSessions(client);
  await rollBackPrepared(client);
  await restoreActive(client, before);
  await dropExtensions(client, before);
  const { rows } = await client.query(`SELECT drop FROM (${objects}) AS found ORDER BY drop_order`);
  // One by one: what Citus does in parallel and what it does in sequence do not go into one transaction.
  for (const { drop } of rows) await client.query(drop);
  await restoreNodes(client, before);
  await clearWorkers(client);
}

/** Of this user, and in the middle of something: a shell block may have left one. */
async function endSessions(client: Client): Promise<void> {
  await client.query(`
    SELECT count(pg_terminate_backend(pid))
      FROM pg_stat_activity a
     WHERE datname = current_database()
       AND usename = current_user
       AND backend_type = 'client backend'
       AND pid <> pg_backend_pid()
       AND EXISTS (SELECT
                     FROM pg_locks l
                    WHERE l.pid = a.pid
                      AND relation >= 16384)`);
}

/** Transactions of two-phase commit that a lesson left: they belong to no session, and lock what is to be dropped. */
async function rollBackPrepared(client: Client): Promise<void> {
  const { rows } = await client.query(`
    SELECT DISTINCT gid
      FROM run_command_on_all_nodes($$
             SELECT coalesce(json_agg(gid), '[]')
               FROM pg_prepared_xacts
              WHERE database = current_database()
                AND owner = current_user
           $$),
           json_array_elements_text(CASE WHEN success THEN result::json END) AS gid`);
  for (const { gid } of rows) {
    // A node that has none of this name says so, and goes on.
    await client.query('SELECT run_command_on_all_nodes($1)', [
      `ROLLBACK PREPARED ${client.escapeLiteral(gid)}`,
    ]);
  }
}

/** Before all that changes tables: a node that is disabled keeps its shards. */
async function restoreActive(client: Client, before: Before): Promise<void> {
  const { nodes } = await readNow(client);
  for (const { name, port, isActive } of before.nodes) {
    const now = nodes.find((node) => node.name === name && node.port === port);
    if (now && isActive && !now.isActive)
      await client.query('SELECT citus_activate_node($1, $2)', [name, port]);
  }
}

async function dropExtensions(client: Client, before: Before): Promise<void> {
  const { extensions } = await readNow(client);
  for (const extension of extensions) {
    if (before.extensions.includes(extension)) continue;
    await client.query(`DROP EXTENSION IF EXISTS ${client.escapeIdentifier(extension)} CASCADE`);
  }
}

/** When nothing is on them any more. */
async function restoreNodes(client: Client, before: Before): Promise<void> {
  const { nodes } = await readNow(client);
  const isSame = (a: NodeBefore, b: NodeBefore) => a.name === b.name && a.port === b.port;
  for (const node of nodes) {
    if (before.nodes.some((was) => isSame(was, node))) continue;
    await client.query('SELECT citus_remove_node($1, $2)', [node.name, node.port]);
  }
  for (const was of before.nodes) {
    const now = nodes.find((node) => isSame(was, node));
    if (!now) await client.query('SELECT citus_add_node($1, $2)', [was.name, was.port]);
    if (now && now.hasShards !== was.hasShards) {
      await client.query(`SELECT citus_set_node_property($1, $2, 'shouldhaveshards', $3)`, [
        ...[was.name, was.port, was.hasShards],
      ]);
    }
  }
}

/** What was made there by hand. */
async function clearWorkers(client: Client): Promise<void> {
  const { rows } = await client.query('SELECT success, result FROM run_command_on_workers($1)', [
    clearLocally,
  ]);
  const failed = rows.find(({ success }) => !success);
  if (failed) throw new Error(`on a worker: ${failed.result}`);
}

const clearLocally = `
DO $clear$
DECLARE
  statement text;
BEGIN
  PERFORM set_config('citus.enable_ddl_propagation', 'off', true);
  FOR statement IN SELECT drop FROM (${objects}) AS found ORDER BY drop_order LOOP
    EXECUTE statement;
  END LOOP;
END
$clear$`;

/** Shards that moved away: Citus drops what is left of them in its own time. */
async function dropOrphans(client: Client): Promise<void> {
  const { rows } = await client.query(`SELECT to_regclass('pg_catalog.pg_dist_cleanup') IS NOT NULL AS can`);
  if (!rows[0].can) return;
  const left = await client.query('SELECT FROM pg_dist_cleanup LIMIT 1');
  if (left.rows.length > 0) await client.query('CALL citus_cleanup_orphaned_resources()').catch(() => {});
}
