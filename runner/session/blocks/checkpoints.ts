// Checkpoints in a lesson: they save running the same blocks again and again. Of the databases where blocks have changed
// nothing else, else of the servers. A state that is more than those and settings of sessions has none: then the blocks run
// again, as they always can.
import type { Checkpoint, Cluster } from '../../cluster/port.ts';
import type { Connection } from '../../connect/connection.ts';
import { query } from '../../connect/query.ts';
import type { Accepted, PlannedBlock } from '../plan.ts';
import type { Connections } from './connections.ts';
import { runSettings, settingsOf } from './settings.ts';

export interface LessonCheckpoints {
  /**
   * Keeps the state that this path leads to, where that can be done; resolves to whether it is kept now. All sessions of
   * blocks are closed then. Never fails.
   */
  keep(path: readonly Accepted[], options: KeepOptions): Promise<boolean>;
  /** Resolves when no state is being kept. */
  settled(): Promise<void>;
  /** How many blocks of the path have brought about the state in which the databases are now; undefined: nothing was done. */
  restore(path: readonly Accepted[]): Promise<number | undefined>;
}

export interface KeepOptions {
  /** How long it takes to run the blocks again, from the last checkpoint. */
  readonly replayMs: number;
  /** A longer path: only where its state could not be kept. */
  readonly insteadOf?: readonly Accepted[] | undefined;
}

/** A session of blocks, and what they have set there. */
interface KeptSession {
  readonly node: string;
  readonly name: string;
  readonly settings: readonly string[];
}

interface Kept {
  readonly checkpoint: Checkpoint;
  readonly path: readonly Accepted[];
  readonly sessions: readonly KeptSession[];
}

/** A checkpoint takes up to three times as long, and is used for each answer that follows: in milliseconds of a replay. */
const worthwhileMs = { databases: 100, servers: 1_500 };

/** @param shellFiles What shell blocks have left in their folder. */
export function openCheckpoints(
  { checkpoints }: Pick<Cluster, 'checkpoints'>,
  connections: Connections,
  shellFiles: () => Promise<readonly string[]>,
  signal: AbortSignal,
): LessonCheckpoints {
  let kept: Kept | undefined;

  /** The ways to states that could not be kept. */
  const refused: (readonly Accepted[])[] = [];
  const isRefused = (path: readonly Accepted[]) => refused.some((each) => isSame(path, each));

  const keep = async (path: readonly Accepted[], { replayMs, insteadOf }: KeepOptions): Promise<boolean> => {
    if (checkpoints === undefined || (kept && isSame(path, kept.path))) return false;
    if (isRefused(path) || (insteadOf && !isRefused(insteadOf))) return false;
    const candidates = [
      ...(replayMs >= worthwhileMs.databases && !path.some(isShell) ? [checkpoints.databases] : []),
      ...(replayMs >= worthwhileMs.servers ? [checkpoints.servers] : []),
    ];
    if (candidates.length === 0) return false;
    refused.push(path); // until it is kept
    // A session whose server went away has nothing left that could be lost.
    const open = connections.all().filter(({ connection }) => !connection.lost);
    for (const { connection } of open) {
      if (!(await isPlain(connection, signal))) return false;
    }
    if (path.some(isShell) && (await shellFiles()).length > 0) return false;
    const sessions = open.map(
      ({ node, name, connection }): KeptSession => ({ node, name, settings: settingsOf(connection) }),
    );
    await connections.closeAll();
    for (const checkpoint of candidates) {
      if (!(await checkpoint.keep(signal))) continue;
      kept = { checkpoint, path, sessions };
      refused.pop();
      break;
    }
    await reopen(connections, sessions, signal);
    return kept?.path === path;
  };
  let keeping = Promise.resolve(false);

  return {
    keep(path, options) {
      keeping = keeping.then(() => keep(path, options)).catch(() => false); // what needs the servers will say what is wrong
      return keeping;
    },
    settled: () => keeping.then(() => {}),
    async restore(path) {
      if (kept === undefined || !startsWith(path, kept.path)) return undefined;
      const { checkpoint, path: done, sessions } = kept;
      if (!(await checkpoint.restore(signal))) {
        kept = undefined;
        return undefined;
      }
      await reopen(connections, sessions, signal);
      return done.length;
    },
  };
}

const isSame = (path: readonly Accepted[], other: readonly Accepted[]): boolean =>
  path.length === other.length && startsWith(path, other);

const startsWith = (path: readonly Accepted[], start: readonly Accepted[]): boolean =>
  start.every(({ block, text }, i) => text === path[i]?.text && runsAs(block, path[i].block));

/** Where a lesson was revised, the blocks are new ones. */
const runsAs = ({ block: one }: PlannedBlock, { block: other }: PlannedBlock): boolean =>
  one === other ||
  (one.kind === 'sql' && other.kind === 'sql'
    ? one.node === other.node &&
      one.session === other.session &&
      one.everyMs === other.everyMs &&
      `${one.captures}` === `${other.captures}`
    : one.kind === other.kind);

/** Shell commands start and stop servers. */
const isShell = ({ block: { block } }: Accepted): boolean => block.kind === 'shell';

/** Whether nothing but settings would be missing in a new session. */
async function isPlain(connection: Connection, signal: AbortSignal): Promise<boolean> {
  if (connection.inTransaction) return false;
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
