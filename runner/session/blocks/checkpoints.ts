// Checkpoints of the databases in a lesson: they save running the same blocks again and again. A state that is more than
// databases and settings of sessions has none: then the blocks run again, as they always can.
import type { Cluster } from '../../cluster/port.ts';
import type { Connection } from '../../connect/connection.ts';
import { query } from '../../connect/query.ts';
import type { Accepted } from '../plan.ts';
import type { Connections } from './connections.ts';
import { runSettings, settingsOf } from './settings.ts';

export interface Checkpoints {
  /** Keeps the state that this path leads to, where that can be done. All sessions of blocks are closed then. Never fails. */
  keep(path: readonly Accepted[]): Promise<void>;
  /** Resolves when no state is being kept. */
  settled(): Promise<void>;
  /** How many blocks of the path have brought about the state in which the databases are now; undefined: nothing was done. */
  restore(path: readonly Accepted[]): Promise<number | undefined>;
}

/** A session of blocks, and what they have set there. */
interface KeptSession {
  readonly node: string;
  readonly name: string;
  readonly settings: readonly string[];
}

export function openCheckpoints(
  { checkpoint }: Pick<Cluster, 'checkpoint'>,
  connections: Connections,
  signal: AbortSignal,
): Checkpoints {
  let kept: { readonly path: readonly Accepted[]; readonly sessions: readonly KeptSession[] } | undefined;

  const isKept = (path: readonly Accepted[]) =>
    kept !== undefined && kept.path.length === path.length && startsWith(path, kept.path);

  const keep = async (path: readonly Accepted[]): Promise<void> => {
    if (checkpoint === undefined || isKept(path) || !path.every(isOfDatabases)) return;
    const open = connections.all();
    for (const { connection } of open) {
      if (!(await isPlain(connection, signal))) return;
    }
    const sessions = open.map(
      ({ node, name, connection }): KeptSession => ({ node, name, settings: settingsOf(connection) }),
    );
    await connections.closeAll();
    kept = undefined;
    if (await checkpoint.keep(signal)) kept = { path, sessions };
    await reopen(connections, sessions, signal);
  };
  let keeping = Promise.resolve();

  return {
    keep(path) {
      keeping = keeping.then(() => keep(path)).catch(() => {}); // what needs the servers will say what is wrong
      return keeping;
    },
    settled: () => keeping,
    async restore(path) {
      if (checkpoint === undefined || kept === undefined || !startsWith(path, kept.path)) return undefined;
      const { path: done, sessions } = kept;
      if (!(await checkpoint.restore(signal))) {
        kept = undefined;
        return undefined;
      }
      await reopen(connections, sessions, signal);
      return done.length;
    },
  };
}

const startsWith = (path: readonly Accepted[], start: readonly Accepted[]): boolean =>
  start.every(({ block, text }, i) => block === path[i]?.block && text === path[i].text);

/** Shell commands start and stop servers, and a background block goes on. */
const isOfDatabases = ({ block: { block } }: Accepted): boolean =>
  block.kind === 'sql' && block.everyMs === undefined;

/** Whether nothing but settings would be missing in a new session. */
async function isPlain(connection: Connection, signal: AbortSignal): Promise<boolean> {
  if (connection.lost || connection.inTransaction) return false;
  const [[isPlain] = []] = await query(
    connection,
    `SELECT current_user = session_user
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_prepared_statements)
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_cursors)
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_listening_channels())
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.pg_my_temp_schema())
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid())`,
    signal,
  );
  return isPlain === 't';
}

const settingMs = 5_000;

async function reopen(connections: Connections, sessions: readonly KeptSession[], signal: AbortSignal) {
  for (const { node, name, settings } of sessions) {
    if (settings.length === 0) continue;
    const { connection } = await connections.open(node, name);
    await runSettings(connection, settings, { timeoutMs: settingMs, signal });
  }
}
