// What orchestration needs of one kind of machine. A driver knows processes or containers; it does not know what a
// standby, a promotion or a lesson is. docs/architecture.md says what another driver would have to implement.
import { UserError } from '../../errors.ts';
import type { StateFolder } from '../../system/state-folder.ts';

/** A kind of machine: processes on this computer, containers of Docker. */
export interface Driver<Blueprint = unknown> {
  readonly kind: 'local' | 'docker' | 'postgres';
  /** Whether its clusters are sharded: else each is one server, without Citus. */
  readonly hasWorkers: boolean;
  /** The folder, in the state folder, with a folder for each cluster. */
  readonly folder: string;
  /** What a cluster takes on disk, in bytes: for a sentence where the disk is full. */
  readonly roomBytes: number;
  /**
   * What a new cluster would be made of: versions, an image. Kept in the record of the cluster, as JSON.
   * @param known That of the cluster which is there, as far as it decides what a new one is made of.
   * @throws UserError where this machine cannot make one.
   */
  blueprint(known: Blueprint | undefined): Promise<Blueprint>;
  /** Why a cluster made by one blueprint does not serve who would make another one: "was made by …"; undefined where it does. */
  outdated(made: Blueprint, wanted: Blueprint): string | undefined;
  /** The machines of one cluster. */
  machines(site: MachineSite<Blueprint>): Machines;
}

/** A cluster, as its machines know it. */
export interface MachineSite<Blueprint> {
  readonly state: StateFolder;
  /** The name of the cluster. */
  readonly name: string;
  /** Its folder: a driver may keep files there. */
  readonly dir: string;
  /** Random: tells its processes from those of an earlier cluster of that name. */
  readonly id: string;
  /** The superuser's, on every server. */
  readonly password: string;
  readonly blueprint: Blueprint;
  /** Is told, in sentences, of what takes long. */
  readonly report: (message: string) => void;
}

export interface Machine {
  /** The name of its node. */
  readonly node: string;
  /**
   * `starting`: on its way up. `paused`: it is there and does not move. `killed`: it ended without closing its data.
   * `crashed`: so did the computer, and what was not on disk is lost. `empty`: its data is gone.
   */
  readonly state: 'up' | 'starting' | 'paused' | 'stopped' | 'killed' | 'crashed' | 'empty';
  /** Where this process reaches it, or would. */
  readonly host: string;
  readonly port: number;
  /** Of the server, where it is a process of this computer. */
  readonly pid?: number;
}

/** The settings of postgresql.conf that orchestration manages. */
export const managedSettings = [
  'primary_conninfo',
  'primary_slot_name',
  'recovery_min_apply_delay',
  'synchronous_standby_names',
] as const;

export type ServerSettings = Readonly<Partial<Record<(typeof managedSettings)[number], string>>>;

/** As configuration files have them. */
export const settingLines = (settings: ServerSettings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${settingValue(value)}\n`)
    .join('');

export const settingValue = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** What a copy of data does without, documented in "Backing Up the Data Directory" of PostgreSQL's manual. */
export const contentsLeftOut: readonly string[] = [
  ...['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp'],
  'pg_subtrans',
];
export const filesLeftOut: readonly string[] = [
  ...['postmaster.pid', 'postmaster.opts', 'pg_internal.init', 'standby.signal'],
];

/** For `-c` in single-user mode, so that nothing from ALTER SYSTEM keeps the server from starting. */
export const singleUserSettings: readonly string[] = [
  'exit_on_error=on',
  'shared_preload_libraries=',
  'session_preload_libraries=',
  'local_preload_libraries=',
  'default_transaction_read_only=off',
  'search_path=pg_catalog',
  'statement_timeout=0',
  'synchronous_standby_names=',
];

export interface SingleUserSql {
  readonly database: string;
  /** One a line. */
  readonly statements: string;
}

/** One copy of the data of all machines, taken and put back while none of them runs. */
export interface DataCopies {
  /** In place of an earlier one. */
  keep(): Promise<void>;
  exist(): Promise<boolean>;
  /** Machines that were not there when it was kept go. */
  putBack(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * The primitives. Each names nodes; each returns when it is done; done twice, the second changes nothing. Each throws a
 * UserError that a person can act on, with the last lines of a log where a server does not do as it should.
 */
export interface Machines {
  /** Files that running servers read, and that somebody may have damaged, are as they should be. Absent where there are none. */
  restoreFiles?(): Promise<void>;
  /** All that there are, known to anybody or not. */
  list(signal: AbortSignal): Promise<readonly Machine[]>;
  /** Machines with empty data of their own, stopped. What an earlier attempt left under the names goes. */
  create(nodes: readonly string[], signal: AbortSignal): Promise<void>;
  /** Runs the servers of machines that are there, paused ones too; each takes connections when this returns. */
  start(nodes: readonly string[], signal: AbortSignal): Promise<void>;
  /** In order, as `pg_ctl stop -m fast`; a paused one too. */
  stop(node: string, signal: AbortSignal): Promise<void>;
  /** SIGKILL to all of the server at once. */
  kill(node: string, signal: AbortSignal): Promise<void>;
  /** The silent failure: nothing of the server moves. */
  pause(node: string, signal: AbortSignal): Promise<void>;
  resume(node: string, signal: AbortSignal): Promise<void>;
  /** The machine and its data, running or not. */
  destroy(node: string, signal: AbortSignal): Promise<void>;
  /** Stops all of the cluster, and keeps the data. Returns the nodes that ran. */
  shutDown(signal: AbortSignal): Promise<readonly string[]>;
  /** Nothing of the cluster remains but its folder. */
  destroyAll(signal: AbortSignal): Promise<void>;
  /**
   * Gives `to` the data of `from`, a server that runs and is in backup mode, in place of the data that `to` had.
   * @param finish Called when all is copied; returns files (name to text) to be written into the copy.
   */
  copyData(
    from: string,
    to: string,
    finish: () => Promise<Readonly<Record<string, string>>>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Absent where a copy takes longer than what it saves. */
  readonly copies?: DataCopies;
  /** From the next start, or reload: just these settings, beside the driver's own. */
  configure(settings: ReadonlyMap<string, ServerSettings>, signal: AbortSignal): Promise<void>;
  /** Whether a file is in the data folder. */
  hasFile(node: string, file: string, signal: AbortSignal): Promise<boolean>;
  /** Of the data folder of a machine that is stopped. */
  removeFile(node: string, file: string, signal: AbortSignal): Promise<void>;
  /** Runs SQL without logging in, on a machine that is stopped (`postgres --single`). */
  singleUser(node: string, sql: SingleUserSql, signal: AbortSignal): Promise<void>;
  /** The last lines that the server wrote. */
  log(node: string, lines: number, signal: AbortSignal): Promise<readonly string[]>;
  /** Where other servers of the cluster reach it. */
  peer(node: string): Promise<{ readonly host: string; readonly port: number }>;
  /** What the metadata of Citus says of it. */
  registered(node: string): Promise<readonly [host: string, port: number]>;
  /** Where these nodes are for the servers, in one text: another text means that they must read their settings again. */
  layout(nodes: readonly string[]): Promise<string>;
  /** Where the data is: a folder, a compose project. */
  readonly dataLocation: string;
  /** What it takes on the disk, where that is known. */
  sizeBytes?(): Promise<number>;
  /** A command of the shell that goes in by hand. */
  readonly byHand?: string;
}

/** A server that does not do its work, where the machine itself does. */
export class ServerFailure extends UserError {
  /** `ended`: it does not start, or stopped. `starved`: so it did, for lack of memory. `refuses`: it runs, and lets nobody in. `silent`: it runs, and does not answer in time. */
  readonly why: 'ended' | 'starved' | 'refuses' | 'silent';
  readonly node: string;

  constructor(node: string, why: ServerFailure['why'], message: string, cause?: unknown) {
    const hint =
      why === 'starved'
        ? 'Close other programs, or give Docker more memory (in Docker Desktop: Settings, Resources).'
        : 'Run "lesson up" to repair the cluster.';
    super(message, { code: 'cluster', hint, cause });
    this.node = node;
    this.why = why;
  }
}

/** What failed, with the end of the log that says why. */
export const withLog = (what: string, log: readonly string[]): string =>
  [log.length > 0 ? `${what}. The last lines of its log:` : what, ...log.map((line) => `  ${line}`)].join(
    '\n',
  );

/** Whether a server got no memory: its settings ask for too much, or its computer has too little. */
export const isStarved = (log: readonly string[]): boolean =>
  log.some((line) => /FATAL: .*(?:Cannot allocate memory|out of memory)/i.test(line));
