// The state of a database in a form that is the same wherever the lesson runs: no ids, no names of nodes or constraints.

export interface State {
  /** How many workers the cluster had at the start of the lesson: with others, shards are elsewhere. */
  readonly workers: number;
  /** What was left out when it was recorded; absent in records of earlier versions. */
  readonly except?: readonly string[];
  /** The coordinator, then the workers in the order in which Citus fills them. */
  readonly nodes: readonly string[];
  /** By name, with the schema unless it is `public`; partitions by their table and bounds. */
  readonly tables: Readonly<Record<string, TableState>>;
  /** Functions, operators, types, casts, sequences, event triggers and settings: `function f(integer)`, and what it is. */
  readonly objects: Readonly<Record<string, string>>;
}

export interface TableState {
  /** `distributed`, `reference`, `single-shard`, `plain`, `view`, … */
  readonly kind: string;
  /** The distribution column. */
  readonly key?: string;
  /** The other tables of its co-location group. */
  readonly colocated?: readonly string[];
  /** By hash range, the nodes of each shard by their places in `nodes`: `1 2 1 2`, with two copies `1+2 1+2`. */
  readonly placements?: string;
  /** Of a view. */
  readonly definition?: string;
  readonly columns: Readonly<Record<string, string>>;
  /** Lists that are empty are left out. */
  readonly constraints?: readonly string[];
  readonly indexes?: readonly string[];
  readonly triggers?: readonly string[];
  /** Shards that are not as their table says. */
  readonly amiss?: readonly string[];
  readonly rows?: number;
  /** Of each column, a fingerprint of its values in any order. */
  readonly values?: Readonly<Record<string, string>>;
  /** A fingerprint of the rows in any order, as far as `values` has their columns. */
  readonly whole?: string;
}
