// What the nodes answer, whoever asks them.
import type { Replication } from './map-data.ts';

export interface NodeAnswers {
  /** By `placementKey`. Without those that are unknown. */
  readonly sizes: ReadonlyMap<string, Size>;
  /** By the name of the standby. */
  readonly replications: ReadonlyMap<string, Replication>;
  /** Nodes that turned out to be down. */
  readonly unreachable: ReadonlySet<string>;
}

/** Counted, never estimated. */
export interface Size {
  readonly rows: number;
  readonly bytes: number;
}

export const placementKey = (node: string, shardId: number): string => `${shardId} ${node}`;

/** How long a node may count, in milliseconds. What takes longer stays unknown. */
export const countingMs = 1_500;
