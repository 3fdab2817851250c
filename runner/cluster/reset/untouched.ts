// What is noted after a reset: by it the next one sees that nobody has written since, and which snapshots can be trusted.
import { type JsonFile, jsonFile } from '../../system/json-file.ts';
import type { Owner } from '../../system/owner.ts';
import type { ServerContents } from './server-contents.ts';

export interface Untouched {
  /** The snapshot that the databases `postgres` are like. */
  readonly snapshot: string;
  /** In the order of the nodes of the cluster. */
  readonly nodes: readonly NodeMarks[];
}

/** Of a node, when nobody had touched it. */
export interface NodeMarks {
  /** Whoever writes takes one; the first `nextval` of a sequence too, since the copy of a database begins with a checkpoint. */
  readonly nextTransaction: string;
  /** As `ServerContents` has them. */
  readonly template1: string;
  readonly snapshots: Readonly<Record<string, string>>;
}

/** A damaged one counts as none: then everything is created again, and nothing that was there is used. */
export function untouchedFile(file: string, owner: Owner | undefined): JsonFile<Untouched> {
  return jsonFile(file, { isValid: isUntouched, owner });
}

function isUntouched(value: unknown): value is Untouched {
  const { snapshot, nodes } = (value ?? {}) as Partial<Untouched>;
  const isMarked = (node: Partial<NodeMarks> | null) =>
    typeof node?.nextTransaction === 'string' &&
    typeof node.template1 === 'string' &&
    typeof node.snapshots === 'object' &&
    node.snapshots !== null;
  return typeof snapshot === 'string' && Array.isArray(nodes) && nodes.every(isMarked);
}

export const marksOf = ({ nextTransaction, template1, snapshots }: ServerContents): NodeMarks => ({
  nextTransaction,
  template1,
  snapshots,
});

/** Nobody has written since. ALTER SYSTEM writes without a transaction, and a replication slot is made without one. */
export function isAsNoted(found: ServerContents, noted: NodeMarks | undefined): boolean {
  return (
    found.nextTransaction === noted?.nextTransaction && !found.hasSystemSettings && found.slots.length === 0
  );
}

/** The snapshots that nobody has opened since they were made. */
export function trustedSnapshots(found: ServerContents, noted: NodeMarks | undefined): readonly string[] {
  return Object.entries(found.snapshots)
    .filter(([name, stamp]) => noted?.snapshots[name] === stamp)
    .map(([name]) => name);
}
