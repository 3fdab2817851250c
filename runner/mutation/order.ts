// Which mutations are tried, and in which order: another one for each seed and each block, of each kind in turn.
import { createHash } from 'node:crypto';
import type { Relation } from '../state/catalog.ts';
import type { Mutation } from './mutation.ts';
import { rowMutations } from './row-mutations.ts';
import { tableMutations } from './table-mutations.ts';

/** Partitions change with their table. */
export const mutationsOf = (relations: readonly Relation[]): readonly Mutation[] =>
  relations
    .filter(({ relkind, partitionOf }) => ['r', 'p'].includes(relkind) && partitionOf === null)
    .flatMap((relation) => [...rowMutations(relation), ...tableMutations(relation)]);

export function inTurn(mutations: readonly Mutation[], seed: string): readonly Mutation[] {
  const mixed = shuffled(mutations, ({ what }) => what, seed);
  const rank = (mutation: Mutation) => mixed.filter(({ kind }) => kind === mutation.kind).indexOf(mutation);
  return mixed.toSorted((a, b) => rank(a) - rank(b));
}

export function shuffled<T>(items: readonly T[], nameOf: (item: T) => string, seed: string): readonly T[] {
  const at = (item: T) =>
    createHash('sha256')
      .update(`${seed}/${nameOf(item)}`)
      .digest('hex');
  return items.toSorted((a, b) => (at(a) < at(b) ? -1 : 1));
}
