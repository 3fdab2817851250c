// What orchestration asks of the servers in SQL. An interface, so that its rules can be tested without a server.
import type { Client } from 'pg';
import type { Address } from '../../connect/address.ts';
import { withSuperuserClient } from '../../connect/superuser-client.ts';
import { UserError } from '../../errors.ts';
import { until } from '../../system/until.ts';
import type { Machines } from '../drivers/driver.ts';
import { dropSlot } from '../reset/server-contents.ts';

/** What the metadata says of a node: host name and port. */
export type Registration = readonly [host: string, port: number];

/** Of `postgres`, the database in which lessons work. */
export type DatabaseState = 'sound' | 'no extension' | 'no database';

/** A standby that is connected to the node which it follows. */
export interface StreamingStandby {
  readonly standby: string;
  readonly isSynchronous: boolean;
}

export interface ReplicationState {
  /** Of the server itself. `at target`: it is paused where its settings (`recovery_target…`) say; a start leads there again. */
  readonly replay: 'none' | 'goes on' | 'delayed' | 'paused' | 'at target';
  /** Those that stream from it. */
  readonly standbys: readonly StreamingStandby[];
}

export interface NodeCommands {
  /** Whether the server answers a query, and has what lessons need. @throws Error where it does not answer within 5 s. */
  ping(node: string, signal: AbortSignal): Promise<DatabaseState>;
  /** Makes the extension where it is missing. @throws Error also where the database is missing. */
  createExtension(node: string, signal: AbortSignal): Promise<void>;
  /** On the coordinator: what it is called, and workers that it does not know yet. */
  register(
    coordinator: string,
    called: Registration,
    workers: readonly Registration[],
    signal: AbortSignal,
  ): Promise<void>;
  /** On the coordinator; nothing where it does not know the worker. @throws Error with what Citus says. */
  unregister(coordinator: string, worker: Registration, signal: AbortSignal): Promise<void>;
  /** On the coordinator: connections go where the nodes are now, and a node that was away gets what it missed. */
  refreshAddresses(coordinator: string, nodes: readonly Registration[], signal: AbortSignal): Promise<void>;
  /** Has the server read its files again; returns when new sessions know what they say, or after 5 s. */
  reload(node: string, signal: AbortSignal): Promise<void>;
  /** A physical replication slot for a standby; none where there is one already. */
  makeSlot(node: string, standby: string, signal: AbortSignal): Promise<void>;
  dropSlot(node: string, standby: string, signal: AbortSignal): Promise<void>;
  /** Runs `use` while the server is in backup mode; `finish` ends that, and returns the files that a copy needs. */
  backUp(
    node: string,
    use: (finish: () => Promise<Readonly<Record<string, string>>>) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Returns whether the standby streams from the node, as it should, within so many milliseconds. */
  streams(
    node: string,
    standby: string,
    options: { readonly synchronous: boolean; readonly timeoutMs: number },
    signal: AbortSignal,
  ): Promise<boolean>;
  replication(node: string, signal: AbortSignal): Promise<ReplicationState>;
  /** Ends the recovery of a standby; returns whether it accepts writes within 50 s. */
  promote(node: string, signal: AbortSignal): Promise<boolean>;
}

export function addressOf({ host, port }: Pick<Address, 'host' | 'port'>, password: string): Address {
  return { host, port, user: 'postgres', password, database: 'postgres' };
}

/** A slot may have no hyphen in its name. */
export const slotName = (standby: string): string => standby.replaceAll('-', '_');

/** SQLSTATEs of a database that is not there, and of one that lets nobody in. */
const missingDatabase = ['3D000', '55000'];

const pingMs = 5_000;
const reloadMs = 5_000;
const copyMs = 600_000;

export function nodeCommands({
  machines,
  record: { password },
}: {
  readonly machines: Pick<Machines, 'list'>;
  readonly record: { readonly password: string };
}): NodeCommands {
  const find = async (node: string, signal: AbortSignal): Promise<Address> => {
    const machine = (await machines.list(signal)).find((each) => each.node === node);
    if (machine === undefined) throw new UserError(`${node} has no server`, { code: 'cluster' });
    return addressOf(machine, password);
  };
  /** In `template1` unless another database is named: `postgres` may be on its way out. */
  const on = async <T>(
    node: string,
    options: { readonly signal: AbortSignal; readonly database?: string; readonly timeoutMs?: number },
    use: (client: Client) => Promise<T>,
  ): Promise<T> => {
    const address = await find(node, options.signal);
    return withSuperuserClient(address, { database: 'template1', ...options }, use);
  };
  const database = 'postgres';

  return {
    async ping(node, signal) {
      const limits = { signal, timeoutMs: pingMs };
      const isMissing = (error: unknown) => missingDatabase.includes((error as { code?: string }).code ?? '');
      try {
        return await on<DatabaseState>(node, { ...limits, database }, async (client) => {
          const { rows } = await client.query(`SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus'`);
          return rows.length > 0 ? 'sound' : 'no extension';
        });
      } catch (error) {
        if (!isMissing(error)) throw error;
        return on<DatabaseState>(node, limits, async (client) => {
          await client.query('SELECT 1');
          return 'no database';
        });
      }
    },
    createExtension: (node, signal) =>
      on(node, { signal, database }, async (client) => {
        await client.query('CREATE EXTENSION IF NOT EXISTS citus CASCADE');
      }),
    register: (coordinator, called, workers, signal) =>
      on(coordinator, { signal, database }, async (client) => {
        await client.query('SELECT citus_set_coordinator_host($1, $2)', [...called]);
        for (const worker of workers) await client.query('SELECT citus_add_node($1, $2)', [...worker]);
      }),
    unregister: (coordinator, worker, signal) =>
      on(coordinator, { signal, database }, async (client) => {
        await client.query(
          `SELECT citus_remove_node(nodename, nodeport)
             FROM pg_dist_node
            WHERE nodename = $1 AND nodeport = $2`,
          [...worker],
        );
      }),
    refreshAddresses: (coordinator, nodes, signal) =>
      on(coordinator, { signal, database }, async (client) => {
        const { rows } = await client.query(
          `SELECT to_regprocedure('citus_internal.refresh_addresses()') IS NOT NULL AS "isBuiltIn"`,
        );
        if (rows[0].isBuiltIn) await client.query('SELECT citus_internal.refresh_addresses()');
        else await updatePorts(client, nodes);
      }),
    async reload(node, signal) {
      const address = await find(node, signal);
      const options = { signal, database: 'template1', timeoutMs: reloadMs };
      /** Of a new session each time. */
      const loadedAt = (sql: string) =>
        withSuperuserClient(
          address,
          options,
          async (client) => (await client.query(sql)).rows[0].at as string,
        );
      const before = await loadedAt('SELECT pg_conf_load_time()::text AS at, pg_reload_conf()');
      const hasRead = async () => (await loadedAt('SELECT pg_conf_load_time()::text AS at')) !== before;
      await until(hasRead, { signal, timeoutMs: reloadMs, everyMs: 1 });
    },
    makeSlot: (node, standby, signal) =>
      on(node, { signal }, async (client) => {
        await client.query(
          `SELECT pg_create_physical_replication_slot($1, immediately_reserve => true)
            WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
          [slotName(standby)],
        );
      }),
    dropSlot: (node, standby, signal) =>
      on(node, { signal }, (client) => dropSlot(client, slotName(standby))),
    backUp: (node, use, signal) =>
      on(node, { signal, timeoutMs: copyMs }, async (client) => {
        await client.query(`SELECT pg_backup_start('standby', fast => true)`);
        await use(async () => {
          const { rows } = await client.query(
            'SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)',
          );
          return { backup_label: rows[0].labelfile, 'standby.signal': '' };
        });
      }),
    streams: (node, standby, { synchronous, timeoutMs }, signal) =>
      on(node, { signal, timeoutMs: timeoutMs + 5_000 }, async (client) => {
        const states = synchronous ? ['sync', 'potential'] : ['async'];
        const sql = `
          SELECT
            FROM pg_stat_replication
           WHERE application_name = $1
             AND state = 'streaming'
             AND sync_state = ANY ($2)`;
        const isStreaming = async () => (await client.query(sql, [standby, states])).rowCount! > 0;
        return (await until(isStreaming, { signal, timeoutMs })) ?? false;
      }),
    replication: (node, signal) =>
      on(node, { signal }, async (client) => {
        const { rows } = await client.query(`
          SELECT CASE
                   WHEN NOT pg_is_in_recovery() THEN 'none'
                   WHEN current_setting('recovery_min_apply_delay') <> '0' THEN 'delayed'
                   WHEN pg_get_wal_replay_pause_state() = 'not paused' THEN 'goes on'
                   WHEN EXISTS (SELECT
                                  FROM pg_settings
                                 WHERE name ~ '^recovery_target(_name|_time|_xid|_lsn)?$'
                                   AND setting <> '') THEN 'at target'
                   ELSE 'paused'
                 END AS replay,
                 ARRAY(SELECT json_build_object(
                                'standby', application_name,
                                'isSynchronous', sync_state IN ('sync', 'potential'))
                         FROM pg_stat_replication
                        WHERE state = 'streaming') AS standbys`);
        return rows[0];
      }),
    promote: (node, signal) =>
      on(node, { signal, timeoutMs: 60_000 }, async (client) => {
        await client.query('SET statement_timeout = 0');
        const { rows } = await client.query('SELECT pg_promote(wait => true, wait_seconds => 50) AS done');
        return rows[0].done;
      }),
  };
}

/** Real Citus connects to the port that the metadata says. */
async function updatePorts(client: Client, nodes: readonly Registration[]): Promise<void> {
  for (const node of nodes) {
    await client.query(
      `SELECT citus_update_node(nodeid, $1, $2)
         FROM pg_dist_node
        WHERE nodename = $1 AND nodeport <> $2`,
      [...node],
    );
  }
}
