// The port between lessons and servers: what the runner, the checks and the commands may ask of any cluster.

export type ClusterKind = 'local' | 'docker' | 'external';

/** Read from the server, never derived from the kind of cluster. */
export interface Engine {
  /** `built-in`: the teaching engine of this package; `citus`: the real thing. */
  readonly kind: 'built-in' | 'citus';
  /** What `citus_version()` says. */
  readonly version: string;
  /** `server_version`: `18.4`. */
  readonly postgres: string;
}

export type NodeRole = 'coordinator' | 'worker';

/** How a client reaches a server. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface NodeStatus {
  readonly name: string;
  readonly role: NodeRole;
  readonly state: 'up' | 'down';
  readonly address: Address;
  readonly pid?: number;
  readonly logFile?: string;
}

/** A running cluster. Obtained from a `ClusterHost`; forgets itself with `close`, which stops no server. */
export interface Cluster {
  readonly kind: ClusterKind;
  readonly name: string;
  nodes(): Promise<readonly NodeStatus[]>;
  /** The address of a node; throws a UserError with the known names for an unknown one. */
  address(node: string): Promise<Address>;
  /** Back to the state in which every lesson starts: a clean database, the workers registered, `initSql` applied. */
  reset(options: ResetOptions): Promise<void>;
  /**
   * Takes the cluster for one `run`, until the function it returns is called or this process ends.
   * @param holder What the cluster is taken for, as a refused second one reads it: `lesson run 03-distribution`.
   * @throws UserError that names the holder, where there is one.
   */
  holdRun(holder: string): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface ResetOptions {
  /** The text of `init.sql`; absent where the lesson wants no tables. */
  readonly initSql?: string;
  readonly signal: AbortSignal;
}
