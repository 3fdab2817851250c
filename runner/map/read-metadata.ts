// What the coordinator knows: its nodes, its tables, and which placements are where. The tables of the metadata are read
// and not `citus_tables` or `citus_shards`: these views ask every node for sizes, and wait for a node that is paused.

import { type ClusterKind, isFirst, type NodeStatus } from '../cluster/port.ts';
import type { Connection, Row } from '../connect/connection.ts';
import { query } from '../connect/query.ts';
import type { HashRange, MapTable, TableKind } from './map-data.ts';

export interface Metadata {
  readonly nodes: readonly RegisteredNode[];
  readonly tables: readonly MapTable[];
  readonly placements: readonly PlacementName[];
}

/** A primary, as `pg_dist_node` has it. */
export interface RegisteredNode {
  /** What this program calls it; `host:port` where it does not know the node. */
  readonly name: string;
  readonly groupId: number;
  readonly host: string;
  readonly port: number;
  /** False for a node that was disabled. */
  readonly isActive: boolean;
}

/** A placement, and what it is called on its node, safe to put into SQL. */
export interface PlacementName {
  readonly table: string;
  readonly shardId: number;
  readonly node: string;
  readonly relation: string;
  readonly range?: HashRange;
}

const timeoutMs = 2_000;

export async function readMetadata(
  coordinator: Connection,
  kind: ClusterKind,
  nodes: readonly NodeStatus[],
  signal: AbortSignal,
): Promise<Metadata> {
  if (kind === 'postgres') return { nodes: [], tables: [], placements: [] };
  const registered = named(await query(coordinator, nodesSql, signal, timeoutMs), kind, nodes);
  const rows = await query(coordinator, placementsSql, signal, timeoutMs);
  const tables = new Map(rows.map((row) => [row[0]!, readTable(row)]));
  const placements = rows.flatMap(([table, , , , shardId, groupId, relation, min, max]): PlacementName[] => {
    const node = registered.find((each) => each.groupId === Number(groupId));
    if (groupId == null || node === undefined) return [];
    const range = min == null || max == null ? {} : { range: [Number(min), Number(max)] as const };
    return [{ table: table!, shardId: Number(shardId), node: node.name, relation: relation!, ...range }];
  });
  return { nodes: registered, tables: [...tables.values()], placements };
}

function named(
  rows: readonly Row[],
  kind: ClusterKind,
  nodes: readonly NodeStatus[],
): readonly RegisteredNode[] {
  const coordinator = nodes.find((node) => isFirst(node) && !node.replacedBy);
  const workers = nodes.filter(({ role }) => role === 'worker');
  let workersBefore = 0;
  return rows.map(([group, host, port, isActive]) => {
    const groupId = Number(group);
    const isWorker = groupId !== 0;
    const known = !isWorker
      ? coordinator
      : kind === 'external'
        ? workers[workersBefore++]
        : nodes.find(({ name }) => name === host);
    const name = known?.name ?? `${host}:${port}`;
    return { name, groupId, host: host!, port: Number(port), isActive: isActive === 't' };
  });
}

function readTable([name, method, column, colocationId]: Row): MapTable {
  return {
    name: name!,
    kind: method as TableKind,
    distributionColumn: column ?? null,
    colocationId: Number(colocationId),
  };
}

/** In the order in which a cluster that is somebody else's numbers its workers. */
const nodesSql = `
  SELECT groupid, nodename, nodeport, isactive
    FROM pg_dist_node
   WHERE noderole = 'primary'
   ORDER BY nodeid`;

/** To the built-in engine, a coordinator's copy of a reference table is the table itself. */
const placementsSql = `
  SELECT t.logicalrelid::text,
         CASE WHEN t.repmodel     = 't' THEN 'reference'
              WHEN t.partmethod  <> 'n' THEN 'distributed'
              WHEN t.colocationid = 0   THEN 'local'
              ELSE 'single-shard'
         END,
         CASE WHEN t.partmethod <> 'n' THEN column_to_column_name(t.logicalrelid, t.partkey) END,
         t.colocationid,
         s.shardid,
         p.groupid,
         CASE WHEN p.groupid = 0 AND to_regclass(shard_name(t.logicalrelid, s.shardid)) IS NULL
              THEN t.logicalrelid::text
              ELSE shard_name(t.logicalrelid, s.shardid)
         END,
         s.shardminvalue,
         s.shardmaxvalue
    FROM pg_dist_partition      t
    LEFT JOIN pg_dist_shard     s USING (logicalrelid)
    LEFT JOIN pg_dist_placement p ON p.shardid = s.shardid AND p.shardstate = 1
   ORDER BY t.logicalrelid::text, s.shardid, p.groupid`;
