// Which snapshot the databases `postgres` are copies of, and by what one sees that nobody has written since.
import { join } from 'node:path';
import { readIfThere, writePrivate } from '../state/files.ts';
import type { Home } from '../state/home.ts';

/**
 * The next transaction of each node, when the databases were as in the snapshot. Whoever writes takes one; the first
 * `nextval` of a sequence too, since the copy of a database begins with a checkpoint.
 */
export interface Rest {
  readonly snapshot: string;
  readonly transactions: readonly string[];
}

const restFile = (cluster: string) => join(cluster, 'rest.json');

export async function readRest(cluster: string): Promise<Rest | undefined> {
  const text = await readIfThere(restFile(cluster));
  return text === undefined ? undefined : JSON.parse(text);
}

export async function writeRest(cluster: string, rest: Rest, { owner }: Home): Promise<void> {
  await writePrivate(restFile(cluster), JSON.stringify(rest), owner);
}
