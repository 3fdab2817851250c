// What the statement of `catalog-sql.ts` returns.

export interface Catalog {
  /** In the order in which Citus gives them shards. */
  readonly nodes: readonly CatalogNode[] | null;
  readonly relations: readonly Relation[];
  readonly objects: readonly CatalogObject[];
  /** Of each worker, as JSON: what its shards have. */
  readonly answers: readonly Answer[];
}

export interface CatalogNode {
  readonly name: string;
  readonly port: number;
  readonly group: number;
  readonly role: string;
  readonly isActive: boolean;
  readonly shouldHaveShards: boolean;
}

export interface Relation {
  /** With the schema unless it is `public`; of a partition its table and its bounds. */
  readonly name: string;
  /** With the schema, quoted. */
  readonly sql: string;
  /** With the schema, not quoted. */
  readonly path: string;
  readonly relkind: string;
  readonly isUnlogged: boolean;
  readonly partitionOf: string | null;
  /** Of a view. */
  readonly definition: string | null;
  /** `pg_dist_partition`: how it is distributed, and how its copies are written. */
  readonly method: string | null;
  readonly model: string | null;
  readonly key: string | null;
  readonly group: number | null;
  readonly columns: readonly Column[] | null;
  readonly constraints: readonly string[];
  readonly indexes: readonly string[];
  readonly triggers: readonly string[];
  /** By hash range. */
  readonly shards: readonly Shard[] | null;
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly collation: string | null;
  readonly notNull: boolean;
  readonly identity: string;
  readonly generated: string;
  readonly default: string | null;
  readonly ownsSequence: boolean;
}

export interface Shard {
  readonly id: string;
  /** Of the nodes that have a placement. */
  readonly groups: readonly number[];
}

export interface CatalogObject {
  readonly kind: string;
  readonly name: string;
  readonly says: string | null;
}

export interface Answer {
  readonly nodename: string;
  readonly nodeport: number;
  readonly success: boolean;
  readonly result: string;
}

/** By the name of the shard, with its schema. */
export type ShardsOfNode = Readonly<Record<string, ShardKeys>>;

export interface ShardKeys {
  readonly constraints: readonly string[];
  readonly indexes: readonly string[];
}
