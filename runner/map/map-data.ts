// A cluster as `lesson map` draws it, as plain data.
import type { ClusterKind, NodeStatus } from '../cluster/port.ts';

/**
 * What `lesson map --json` prints:
 *
 *     {
 *       "cluster": "default",
 *       "kind": "local",
 *       "nodes": [
 *         {"name": "coordinator", "role": "coordinator", "state": "up"},
 *         {"name": "worker-1", "role": "worker", "state": "up", "isActive": true},
 *         {"name": "worker-1-standby", "role": "standby", "state": "up", "follows": "worker-1",
 *          "replication": {"isSynchronous": false, "lag": {"bytes": 0, "ms": null}}}
 *       ],
 *       "tables": [
 *         {"name": "sensor_data", "kind": "distributed", "distributionColumn": "sensor_id", "colocationId": 1}
 *       ],
 *       "placements": [
 *         {"table": "sensor_data", "shardId": 102008, "node": "worker-1", "rows": 240, "bytes": 65536,
 *          "range": [-2147483648, -1073741825]}
 *       ]
 *     }
 */
export interface MapData {
  readonly cluster: string;
  readonly kind: ClusterKind;
  /** The coordinator first. */
  readonly nodes: readonly MapNode[];
  /** In the order of their names. */
  readonly tables: readonly MapTable[];
  /** By table, then by shard id, then in the order of the nodes. */
  readonly placements: readonly Placement[];
  /** Why the coordinator could not be asked for tables and placements, a sentence; then there are none. */
  readonly metadataFailure?: string;
}

export interface MapNode extends Pick<NodeStatus, 'name' | 'role' | 'state' | 'follows' | 'replacedBy'> {
  /** As in `pg_dist_node`: false for a disabled node. Absent where the metadata does not have the node. */
  readonly isActive?: boolean;
  /** Set for a standby that streams now, as the node that it follows says. */
  readonly replication?: Replication;
}

/** From `pg_stat_replication`. */
export interface Replication {
  /** Commits wait for it. */
  readonly isSynchronous: boolean;
  /** Between what was written and what the standby has applied. */
  readonly lag: {
    readonly bytes: number;
    /** Null where PostgreSQL has not measured it: nothing was written lately. */
    readonly ms: number | null;
  };
}

export interface MapTable {
  /** As regclass prints it. */
  readonly name: string;
  readonly kind: TableKind;
  /** Null unless the table is distributed by the hash of a column. */
  readonly distributionColumn: string | null;
  /** Tables with the same one keep equal keys on the same node. 0 for a local table. */
  readonly colocationId: number;
}

/** `single-shard`: distributed without a column, as all tables of a distributed schema are. `local`: on the coordinator. */
export type TableKind = 'distributed' | 'reference' | 'single-shard' | 'local';

/** One copy of a shard. A shard with several copies has several placements. */
export interface Placement {
  readonly table: string;
  readonly shardId: number;
  readonly node: string;
  /** Counted. Null where that is unknown: the node does not answer, or not soon enough. */
  readonly rows: number | null;
  /** Indexes and TOAST included; null as `rows`. */
  readonly bytes: number | null;
  /** Set for a shard of a table that is distributed by hash. */
  readonly range?: HashRange;
}

/** The hashes of the rows of a shard, both ends included. */
export type HashRange = readonly [first: number, last: number];
