// Which snapshot the databases `postgres` are copies of, and by what one sees that nobody has written since.
import { readIfThere, writePrivate } from '../../system/files.ts';
import type { Owner } from '../../system/owner.ts';
import { type Member, onEachNode } from './each-node.ts';

/**
 * The next transaction of each node, when the databases were as in the snapshot. Whoever writes takes one; the first
 * `nextval` of a sequence too, since the copy of a database begins with a checkpoint.
 */
export interface Rest {
  readonly snapshot: string;
  readonly transactions: readonly string[];
}

export async function readRest(file: string): Promise<Rest | undefined> {
  const text = await readIfThere(file);
  return text === undefined ? undefined : JSON.parse(text);
}

export async function writeRest(file: string, rest: Rest, owner: Owner | undefined): Promise<void> {
  await writePrivate(file, JSON.stringify(rest), owner);
}

export async function nextTransactions(
  members: readonly Member[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const next: string[] = [];
  await onEachNode(members, signal, async (client, i) => {
    const { rows } = await client.query('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next');
    next[i] = rows[0].next;
  });
  return next;
}
