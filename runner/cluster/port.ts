// The port between lessons and servers: what the runner, the checks and the commands may ask of any cluster.

import type { Address } from '../connect/address.ts';
import type { Connection } from '../connect/connection.ts';

/** `postgres`: one PostgreSQL server of ours, without Citus and without workers. */
export type ClusterKind = 'local' | 'docker' | 'postgres' | 'external';

/** Read from the server, never derived from the kind of cluster. */
export interface Engine {
  /** `built-in`: the teaching engine of this package; `citus`: the real thing; `none`: PostgreSQL alone. */
  readonly kind: 'built-in' | 'citus' | 'none';
  /** What `citus_version()` says; that of PostgreSQL where there is neither. */
  readonly version: string;
  /** `server_version`: `18.4`. */
  readonly postgres: string;
}

/** `primary`: of a cluster without workers. */
export type NodeRole = 'coordinator' | 'primary' | 'worker' | 'standby';

/** Whether blocks run there that name no node. */
export const isFirst = ({ role }: { readonly role: NodeRole }): boolean =>
  role === 'coordinator' || role === 'primary';

export interface NodeStatus {
  readonly name: string;
  readonly role: NodeRole;
  /** `paused`: the server is there and does not move; whoever asks it something waits. */
  readonly state: 'up' | 'down' | 'paused';
  readonly address: Address;
  /** The process of the server, where it is one of this machine. */
  readonly pid?: number;
  /** The node that a standby follows. */
  readonly follows?: string;
  /** The standby that was promoted in the place of this node. */
  readonly replacedBy?: string;
}

/** A cluster. Obtained from a `ClusterProvider`; forgets itself with `close`, which stops no server. */
export interface Cluster {
  readonly kind: ClusterKind;
  readonly name: string;
  /** A command of the shell that goes in by hand, without this program. */
  readonly byHand?: string;
  /** The coordinator first. */
  nodes(): Promise<readonly NodeStatus[]>;
  /** The address of a node; throws a UserError with the known names for an unknown one. */
  address(node: string): Promise<Address>;
  /** A session on a node, with fixed settings, until it is closed. @throws Error where the node does not answer. */
  connect(node: string): Promise<Connection>;
  /** How many workers a lesson starts with, whatever the last one left; absent where only the metadata knows. */
  initialWorkers?(): Promise<number>;
  /** A worker to which no session can be opened from here; absent where `lesson` manages the servers. */
  unreachable?(): Promise<string | undefined>;
  /** The last lines that the server of a node wrote. */
  log(node: string, lines: number): Promise<readonly string[]>;
  /** Back to the state in which every lesson starts: a clean database, the workers registered, `initSql` applied. */
  reset(options: ResetOptions): Promise<void>;
  /**
   * Takes the cluster for one `run`, until the function it returns is called or this process ends.
   * @param holder What the cluster is taken for, as a refused second one reads it: `lesson run 03-distribution`.
   * @throws UserError that names the holder, where there is one.
   */
  holdRun(holder: string): Promise<() => Promise<void>>;
  /** What a run will do to a cluster that is somebody else's: asked, or said, before it does. */
  readonly caution?: string;
  /** Absent where the databases are somebody else's. */
  readonly checkpoints?: Checkpoints;
  /** Absent where the servers are somebody else's: then nobody stops one or adds one. */
  readonly servers?: Servers;
}

export interface ResetOptions {
  /** The text of `init.sql`; absent where the lesson wants no tables. */
  readonly initSql?: string;
  readonly signal: AbortSignal;
}

export interface Checkpoints {
  readonly databases: Checkpoint;
  /** Of the servers with all that they have: it takes longer, and they start again. */
  readonly servers: Checkpoint;
}

/** A cluster as it was at one moment since the last reset. There is one at a time; a reset forgets it. */
export interface Checkpoint {
  /** Ends all sessions. @returns False where a lesson has changed more than what is kept, or it cannot be kept. */
  keep(signal: AbortSignal): Promise<boolean>;
  /** Ends all sessions. @returns False where only a reset leads to a known state. */
  restore(signal: AbortSignal): Promise<boolean>;
}

/**
 * What can be done to the servers of a cluster that is ours. Each returns when it is true: a started server answers
 * queries, a promoted one accepts writes. Done twice, the second changes nothing. Each throws a UserError for an unknown
 * node, or where it does not come true within its deadline.
 */
export interface Servers {
  /** In order, as `pg_ctl stop -m fast`. */
  stop(node: string, signal: AbortSignal): Promise<void>;
  start(node: string, signal: AbortSignal): Promise<void>;
  /** SIGKILL: nothing is closed, clients lose their connection. */
  kill(node: string, signal: AbortSignal): Promise<void>;
  /** SIGSTOP: the silent failure. */
  pause(node: string, signal: AbortSignal): Promise<void>;
  resume(node: string, signal: AbortSignal): Promise<void>;
  /** A new worker with a server of its own, registered with the coordinator. */
  add(node: string, signal: AbortSignal): Promise<void>;
  /** Removes the server of a node, and the node from the metadata, which Citus refuses while it has shards. */
  remove(node: string, signal: AbortSignal): Promise<void>;
  /** A physical standby of a node that is up; it streams when this returns. */
  standby(options: StandbyOptions, signal: AbortSignal): Promise<void>;
  /** Ends the recovery of a standby. Its metadata on the coordinator is the caller's to change. */
  promote(node: string, signal: AbortSignal): Promise<void>;
}

export interface StandbyOptions {
  /** The name of the standby. A node of this name whose server is down is rebuilt: the old primary, after a failover. */
  readonly name: string;
  /** The node to follow. */
  readonly of: string;
  /** Commits on the followed node wait for this standby (`synchronous_standby_names`). */
  readonly synchronous: boolean;
  /** `recovery_min_apply_delay`, in milliseconds. */
  readonly delayMs: number;
  /** A physical replication slot on the followed node, so that it keeps the log that the standby has not read. */
  readonly slot: boolean;
}
