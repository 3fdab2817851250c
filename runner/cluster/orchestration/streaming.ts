// Streaming replication, as one asks a server for it: slots, the standbys that commits wait for, promotion.
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { UserError } from '../../errors.ts';
import type { NodeRecord } from './node-record.ts';

/** A slot may have no hyphen in its name. */
export const slotName = (standby: string): string => standby.replaceAll('-', '_');

/** On the node that is followed: it keeps the log that the standby has not read. None where there is one already. */
export async function makeSlot(client: Client, standby: string): Promise<void> {
  await client.query(
    `SELECT pg_create_physical_replication_slot($1, immediately_reserve => true)
      WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
    [slotName(standby)],
  );
}

/** On the node that is followed. */
export async function dropSlot(client: Client, standby: string): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(active_pid, 5000), pg_drop_replication_slot(slot_name)
       FROM pg_replication_slots
      WHERE slot_name = $1`,
    [slotName(standby)],
  );
}

/** The value of `synchronous_standby_names` of a node; undefined where nobody is waited for. */
export function synchronousNames(nodes: readonly NodeRecord[], node: string): string | undefined {
  const waitedFor = nodes.filter(({ follows }) => follows?.of === node && follows.synchronous);
  if (waitedFor.length === 0) return undefined;
  return `FIRST 1 (${waitedFor.map(({ name }) => `"${name}"`).join(', ')})`;
}

/** Settings of a standby besides `primary_conninfo`, lines for a configuration file. */
export function standbySettings({ name, follows }: NodeRecord): readonly string[] {
  const lines: string[] = [];
  if (follows?.slot) lines.push(`primary_slot_name = '${slotName(name)}'`);
  if (follows && follows.delayMs > 0) lines.push(`recovery_min_apply_delay = '${follows.delayMs}ms'`);
  return lines;
}

/** For `untilStreaming`, in milliseconds: a client should live a little longer. */
export const streamDeadlineMs = 30_000;

/** On the node that is followed. @throws UserError where the standby does not stream, as it should, in time. */
export async function untilStreaming(
  client: Client,
  { name, follows }: NodeRecord,
  signal: AbortSignal,
): Promise<void> {
  const { of, synchronous } = follows!;
  const states = synchronous ? `'sync', 'potential'` : `'async'`;
  const sql = `
    SELECT
      FROM pg_stat_replication
     WHERE application_name = '${name}'
       AND state = 'streaming'
       AND sync_state IN (${states})`;
  for (const deadline = Date.now() + streamDeadlineMs; Date.now() < deadline; ) {
    if ((await client.query(sql)).rowCount! > 0) return;
    await wait(10, undefined, { signal });
  }
  throw standbyError(
    `${name} does not stream from ${of} after ${streamDeadlineMs / 1000} s`,
    `Look at "lesson logs ${name}".`,
  );
}

/** On the standby. @throws UserError where it does not take writes in time. */
export async function endRecovery(client: Client, standby: string): Promise<void> {
  const { rows } = await client.query('SELECT pg_promote(wait => true, wait_seconds => 50) AS done');
  if (rows[0].done) return;
  throw standbyError(`${standby} was not promoted within 50 s`, `Look at "lesson logs ${standby}".`);
}

export function standbyError(message: string, hint: string): UserError {
  return new UserError(message, { code: 'cluster', hint });
}
