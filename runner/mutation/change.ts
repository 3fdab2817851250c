// Changes a database by a mutation.
import { onCoordinator } from '../cluster/info.ts';
import type { Cluster } from '../cluster/port.ts';
import { query } from '../connect/query.ts';
import { readCatalog } from '../state/read.ts';
import type { Mutation } from './mutation.ts';
import { inTurn, mutationsOf } from './order.ts';

export interface Change {
  readonly mutation: Mutation;
  /** Its number among all that are possible. */
  readonly at: number;
  /** False where the server refused it. */
  readonly isDone: boolean;
}

/** A session of the lesson may hold a lock until the lesson ends. */
const deadlineMs = 5_000;

/** Does the first that finds something to change, from this one on. Undefined where there is none. */
export function changeDatabase(
  cluster: Cluster,
  { seed, from, signal }: { readonly seed: string; readonly from: number; readonly signal: AbortSignal },
): Promise<Change | undefined> {
  return onCoordinator(cluster, async (coordinator) => {
    const ask = (sql: string) => query(coordinator, sql, signal, deadlineMs);
    const { relations } = await readCatalog(ask);
    const mutations = inTurn(mutationsOf(relations), seed);
    for (const [at, mutation] of mutations.entries()) {
      if (at < from) continue;
      const [[statement] = []] = await ask(mutation.find).catch(() => []); // a worker may be down
      if (statement == null) continue;
      const isDone = await ask(statement).then(
        (rows) => rows.length > 0 || !statement.startsWith('SELECT'),
        () => false,
      );
      return { mutation, at, isDone };
    }
    return undefined;
  });
}
