// What a learner can leave on a server outside the database that is thrown away: sessions, databases, roles, settings.
import type { Client } from 'pg';
import { withClient } from '../connect/client.ts';
import type { Address } from '../port.ts';

export interface Leftovers {
  /** The transaction that comes next. */
  readonly nextTransaction: string;
  /** The databases that are ours: copies of `postgres` to start from. */
  readonly snapshots: readonly string[];
  readonly databases: readonly string[];
  readonly roles: readonly string[];
  readonly subscriptions: readonly { readonly database: string; readonly name: string }[];
  /** Transactions of two-phase commit that nobody ended. */
  readonly prepared: readonly { readonly database: string; readonly name: string }[];
  /** Physical replication slots: of standbys that are gone, or going, or made by hand. */
  readonly slots: readonly string[];
  readonly hasRoleSettings: boolean;
  /** From ALTER SYSTEM. */
  readonly hasSystemSettings: boolean;
  /** A setting from ALTER SYSTEM that is in force until the server starts again. */
  readonly needsRestart: boolean;
}

/** Objects below it are PostgreSQL's own. */
const firstOwnOid = 16_384;

const look = `
SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS "nextTransaction",
       ARRAY(SELECT datname::text
               FROM pg_database
              WHERE datname ~ '^lesson_')             AS snapshots,
       ARRAY(SELECT datname::text
               FROM pg_database
              WHERE oid >= ${firstOwnOid}
                AND datname !~ '^(lesson_|postgres$)') AS databases,
       ARRAY(SELECT rolname::text
               FROM pg_roles
              WHERE oid >= ${firstOwnOid})            AS roles,
       ARRAY(SELECT json_build_object('database', datname, 'name', subname)
               FROM pg_subscription
               JOIN pg_database d ON d.oid = subdbid) AS subscriptions,
       ARRAY(SELECT json_build_object('database', database, 'name', gid)
               FROM pg_prepared_xacts)                AS prepared,
       ARRAY(SELECT slot_name::text
               FROM pg_replication_slots
              WHERE slot_type = 'physical')           AS slots,
       EXISTS (SELECT
                 FROM pg_db_role_setting)             AS "hasRoleSettings",
       EXISTS (SELECT
                 FROM pg_file_settings
                WHERE sourcefile LIKE '%.auto.conf')  AS "hasSystemSettings",
       EXISTS (SELECT
                 FROM pg_settings
                WHERE context = 'postmaster'
                  AND sourcefile LIKE '%.auto.conf')  AS "needsRestart"`;

export async function findLeftovers(client: Client): Promise<Leftovers> {
  return (await client.query(look)).rows[0];
}

/** Whether there is anything outside the database `postgres`. */
export function hasTraces(found: Leftovers): boolean {
  const { databases, roles, subscriptions, hasRoleSettings, hasSystemSettings } = found;
  return hasRoleSettings || hasSystemSettings || databases.length + roles.length + subscriptions.length > 0;
}

/** Those of people, and those that send changes to a subscription; not those of standbys. They end a moment later. */
export async function endSessions(client: Client): Promise<void> {
  await client.query(`
    SELECT count(pg_terminate_backend(pid))
      FROM pg_stat_activity
     WHERE backend_type IN ('client backend', 'walsender')
       AND datid IS NOT NULL
       AND pid <> pg_backend_pid()`);
}

/** A database with a subscription cannot be dropped. */
export async function removeSubscriptions(
  address: Address,
  { subscriptions }: Leftovers,
  signal: AbortSignal,
) {
  for (const { database, name } of subscriptions) {
    await withClient(address, { signal, database }, async (client) => {
      const subscription = client.escapeIdentifier(name);
      await client.query(`ALTER SUBSCRIPTION ${subscription} DISABLE`);
      await client.query(`ALTER SUBSCRIPTION ${subscription} SET (slot_name = NONE)`); // its publisher may be gone
      await client.query(`DROP SUBSCRIPTION ${subscription}`);
    });
  }
}

/** Before anything else: they may make every commit wait for a standby that is gone. */
export async function removeSystemSettings(client: Client, { hasSystemSettings }: Leftovers): Promise<void> {
  if (!hasSystemSettings) return;
  await client.query('ALTER SYSTEM RESET ALL');
  await client.query('SELECT pg_reload_conf()');
}

/** A database with one cannot be dropped. */
export async function removePrepared(address: Address, { prepared }: Leftovers, signal: AbortSignal) {
  for (const { database, name } of prepared) {
    await withClient(address, { signal, database }, (client) =>
      client.query(`ROLLBACK PREPARED ${client.escapeLiteral(name)}`),
    );
  }
}

/** All but sessions, system settings, subscriptions, prepared transactions, and `postgres` itself. Without `postgres`, nothing that is kept belongs to a role. */
export async function removeLeftovers(client: Client, found: Leftovers): Promise<void> {
  for (const database of found.databases) await dropDatabase(client, database);
  for (const slot of found.slots) {
    await client.query(
      `SELECT pg_terminate_backend(active_pid, 5000), pg_drop_replication_slot(slot_name)
         FROM pg_replication_slots
        WHERE slot_name = $1`,
      [slot],
    );
  }
  if (found.roles.length > 0) {
    const roles = found.roles.map((role) => client.escapeIdentifier(role)).join(', ');
    await client.query(`DROP OWNED BY ${roles} CASCADE`);
    await client.query(`DROP ROLE ${roles}`);
  }
  if (found.hasRoleSettings) await client.query('ALTER ROLE ALL RESET ALL; ALTER ROLE postgres RESET ALL');
}

/** Also one that is in use, or a template. */
export async function dropDatabase(client: Client, database: string): Promise<void> {
  const name = client.escapeIdentifier(database);
  const { rows } = await client.query('SELECT datistemplate FROM pg_database WHERE datname = $1', [database]);
  if (rows[0]?.datistemplate) await client.query(`ALTER DATABASE ${name} IS_TEMPLATE false`);
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}
