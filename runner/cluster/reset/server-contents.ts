// What a learner can leave on a server outside the database `postgres`: sessions, databases, roles, settings, slots.
import type { Client } from 'pg';
import type { Address } from '../../connect/address.ts';
import { withSuperuserClient } from '../../connect/superuser-client.ts';
import { until } from '../../system/until.ts';

export interface ServerContents {
  /** The transaction that comes next. */
  readonly nextTransaction: string;
  /** Changes with whatever is written to `template1`, and when the server crashes. */
  readonly template1: string;
  /** Of the copies of `postgres` to start from. The value changes when one is altered, without which nobody can write to it. */
  readonly snapshots: Readonly<Record<string, string>>;
  /** Other databases. */
  readonly databases: readonly string[];
  readonly hasTemplate0: boolean;
  readonly roles: readonly string[];
  /** Whether we are in as the role that `initdb` made. */
  readonly isSuperuser: boolean;
  /** That role is not what `initdb` made it. */
  readonly isSuperuserAltered: boolean;
  /** Without those that `initdb` made. */
  readonly memberships: readonly { readonly role: string; readonly member: string }[];
  readonly tablespaces: readonly string[];
  readonly subscriptions: readonly InDatabase[];
  /** Transactions of two-phase commit that nobody ended. */
  readonly prepared: readonly InDatabase[];
  /** Of standbys that are gone, of subscribers, or made by hand. */
  readonly slots: readonly string[];
  readonly origins: readonly string[];
  readonly hasRoleSettings: boolean;
  /** From ALTER SYSTEM. */
  readonly hasSystemSettings: boolean;
  /** A setting from ALTER SYSTEM that is in force until the server starts again. */
  readonly needsRestart: boolean;
  /** Whether this is Citus itself. */
  readonly hasCitus: boolean;
}

interface InDatabase {
  readonly database: string;
  readonly name: string;
}

/** Objects below it are PostgreSQL's own. */
const firstOwnOid = 16_384;

const ours = '^lesson_[0-9a-f]{16}$';

// The statistics are lost in a crash; then `pg_stat_bgwriter` says when that was.
const look = `
SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS "nextTransaction",
       (SELECT concat_ws('/', d.oid, d.xmin, tup_inserted, tup_updated, tup_deleted, s.stats_reset, b.stats_reset)
          FROM pg_database d
          JOIN pg_stat_database s ON s.datid = d.oid, pg_stat_bgwriter b
         WHERE d.datname = 'template1')               AS template1,
       (SELECT coalesce(json_object_agg(datname, concat_ws('/', oid, xmin)), '{}')
          FROM pg_database
         WHERE datname ~ '${ours}')                   AS snapshots,
       ARRAY(SELECT datname::text
               FROM pg_database
              WHERE datname NOT IN ('template0', 'template1', 'postgres')
                AND datname !~ '${ours}')             AS databases,
       EXISTS (SELECT
                 FROM pg_database
                WHERE datname = 'template0'
                  AND NOT datallowconn)               AS "hasTemplate0",
       ARRAY(SELECT rolname::text
               FROM pg_roles
              WHERE oid >= ${firstOwnOid})            AS roles,
       (SELECT oid = 10
          FROM pg_roles
         WHERE rolname = session_user)                AS "isSuperuser",
       NOT (SELECT rolsuper AND rolinherit AND rolcreaterole AND rolcreatedb AND rolreplication AND rolbypassrls
                   AND rolconnlimit = -1 AND coalesce(rolvaliduntil, 'infinity') = 'infinity'
              FROM pg_roles
             WHERE rolname = session_user)            AS "isSuperuserAltered",
       ARRAY(SELECT json_build_object('role', roleid::regrole, 'member', member::regrole)
               FROM pg_auth_members
              WHERE roleid < ${firstOwnOid}
                AND member < ${firstOwnOid}
                AND member <> 'pg_monitor'::regrole)  AS memberships,
       ARRAY(SELECT spcname::text
               FROM pg_tablespace
              WHERE oid >= ${firstOwnOid})            AS tablespaces,
       ARRAY(SELECT json_build_object('database', datname, 'name', subname)
               FROM pg_subscription
               JOIN pg_database d ON d.oid = subdbid) AS subscriptions,
       ARRAY(SELECT json_build_object('database', database, 'name', gid)
               FROM pg_prepared_xacts)                AS prepared,
       ARRAY(SELECT slot_name::text
               FROM pg_replication_slots
              WHERE NOT temporary)                    AS slots,
       ARRAY(SELECT roname
               FROM pg_replication_origin)            AS origins,
       EXISTS (SELECT
                 FROM pg_db_role_setting)             AS "hasRoleSettings",
       EXISTS (SELECT
                 FROM pg_file_settings
                WHERE sourcefile LIKE '%.auto.conf')  AS "hasSystemSettings",
       EXISTS (SELECT
                 FROM pg_settings
                WHERE context = 'postmaster'
                  AND sourcefile LIKE '%.auto.conf')  AS "needsRestart",
       current_setting('shared_preload_libraries') ~ 'citus' AS "hasCitus"`;

export async function readContents(client: Client): Promise<ServerContents> {
  return (await client.query(look)).rows[0];
}

export const readContentsAt = (address: Address, signal: AbortSignal): Promise<ServerContents> =>
  withSuperuserClient(address, { signal, database: 'template1' }, readContents);

/** Whether there is anything outside the database `postgres`, which a copy of it would not have. */
export function hasTraces(found: ServerContents): boolean {
  const { databases, roles, memberships, tablespaces, subscriptions, slots, origins } = found;
  const leftovers = [databases, roles, memberships, tablespaces, subscriptions, slots, origins];
  return leftovers.some(({ length }) => length > 0) || found.hasRoleSettings || found.hasSystemSettings;
}

/** Those of people, and those that send changes to a subscription; not those of standbys. */
export const endSessions = (client: Client, signal: AbortSignal): Promise<void> =>
  endProcesses(
    client,
    `backend_type IN ('client backend', 'walsender') AND datid IS NOT NULL AND pid <> pg_backend_pid()`,
    signal,
  );

/** @param which Of pg_stat_activity. Each is told to end until it is gone, for 5 s at most. */
export async function endProcesses(client: Client, which: string, signal: AbortSignal): Promise<void> {
  const end = () => client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${which}`);
  await until(async () => (await end()).rows.length === 0, { signal, timeoutMs: 5_000 });
}

/** Whoever reads it is gone then; nothing where there is none. */
export async function dropSlot(client: Client, slot: string): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(active_pid, 5000), pg_drop_replication_slot(slot_name)
       FROM pg_replication_slots
      WHERE slot_name = $1`,
    [slot],
  );
}

/** What would keep a database from being dropped, or every commit waiting. Sessions have ended. */
export async function freeDatabases(
  client: Client,
  address: Address,
  { hasSystemSettings, prepared, subscriptions, slots }: ServerContents,
  signal: AbortSignal,
): Promise<void> {
  if (hasSystemSettings) {
    await client.query('ALTER SYSTEM RESET ALL');
    await client.query('SELECT pg_reload_conf()');
  }
  for (const { database, name } of prepared) {
    await withSuperuserClient(address, { signal, database }, (there) =>
      there.query(`ROLLBACK PREPARED ${there.escapeLiteral(name)}`),
    );
  }
  for (const { database, name } of subscriptions) {
    const subscription = client.escapeIdentifier(name);
    await withSuperuserClient(address, { signal, database }, async (there) => {
      await there.query(`ALTER SUBSCRIPTION ${subscription} DISABLE`);
      await there.query(`ALTER SUBSCRIPTION ${subscription} SET (slot_name = NONE)`); // its publisher may be gone
      await there.query(`DROP SUBSCRIPTION ${subscription}`);
    });
  }
  for (const slot of slots) await dropSlot(client, slot);
}

/** All but databases. Those that a learner used are gone: nothing that is kept belongs to a role, or lies in a tablespace. */
export async function removeContents(client: Client, found: ServerContents): Promise<void> {
  const quote = (name: string) => client.escapeIdentifier(name);
  for (const tablespace of found.tablespaces) await client.query(`DROP TABLESPACE ${quote(tablespace)}`);
  if (found.roles.length > 0) {
    const roles = found.roles.map(quote).join(', ');
    await client.query(`DROP OWNED BY ${roles} CASCADE`);
    await client.query(`DROP ROLE ${roles}`);
  }
  // Names as regrole has them are quoted where they must be.
  for (const { role, member } of found.memberships) await client.query(`REVOKE ${role} FROM ${member}`);
  for (const origin of found.origins) await client.query('SELECT pg_replication_origin_drop($1)', [origin]);
  if (found.isSuperuserAltered) await client.query(`ALTER ROLE SESSION_USER ${superuser}`);
  if (found.hasRoleSettings) {
    await client.query('DELETE FROM pg_db_role_setting'); // ALTER … RESET ALL wants to be said for each pair
  }
}

/** As `initdb` makes it. */
export const superuser =
  "SUPERUSER INHERIT CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS CONNECTION LIMIT -1 VALID UNTIL 'infinity'";
