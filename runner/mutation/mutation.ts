// One change of a database of which the checks of a lesson should know nothing beforehand, and notice it.

export const mutationKinds = [
  'value',
  'delete',
  'insert',
  'type',
  'index',
  'constraint',
  'move',
  'shard index',
] as const;

export interface Mutation {
  readonly kind: (typeof mutationKinds)[number];
  /** What is changed: `a value of temperature in readings`. */
  readonly what: string;
  /** Returns the statement that changes it, as for psql's `\gexec`; no row where there is nothing to change. */
  readonly find: string;
}
