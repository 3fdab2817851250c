// A superuser's session on a server of ours, which nothing that a lesson has set can keep out or lead astray.
import type { Client, DatabaseError } from 'pg';
import type { Address } from './address.ts';
import { withClient } from './client.ts';

export interface SuperuserClientOptions {
  readonly signal: AbortSignal;
  readonly database: string;
  /** For connecting and all that is done, in milliseconds; 180 s unless given. Each statement has 30 s of them. */
  readonly timeoutMs?: number;
}

/** Long enough for `init.sql`. */
const longestMs = 180_000;

/** What a client asks for when it connects counts for more than what was set for its role, its database or the server. */
const settings: Readonly<Record<string, string>> = {
  statement_timeout: '30s',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  session_preload_libraries: '',
  local_preload_libraries: '',
  role: 'none',
  search_path: 'public',
  default_transaction_read_only: 'off',
  default_transaction_isolation: 'read\\ committed',
  default_tablespace: '',
  default_table_access_method: 'heap',
  standard_conforming_strings: 'on',
  synchronous_commit: 'local',
};

/** Earlier versions refuse a session that asks for these. */
const since17: Settings = { event_triggers: 'off', transaction_timeout: '0' };

type Settings = typeof settings;

export async function withSuperuserClient<T>(
  address: Address,
  { signal, database, timeoutMs = longestMs }: SuperuserClientOptions,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  let isIn = false;
  const tryWith = (set: Settings) =>
    withClient({ ...address, options: asOptions(set) }, { signal, database, timeoutMs }, (client) => {
      isIn = true;
      return use(client);
    });
  try {
    return await tryWith({ ...settings, ...since17 });
  } catch (error) {
    if (isIn || (error as DatabaseError).code !== unknownParameter) throw error;
    return tryWith(settings);
  }
}

const asOptions = (set: Settings): string =>
  Object.entries(set)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');

const unknownParameter = '42704';
