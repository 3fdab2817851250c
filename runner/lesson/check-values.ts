// The checks that a lesson can write, and how the value of each is written. What each asks of a cluster is in `checks/`.
import { count, either, fields, listOf, oneOf, perTable, type Shape, text } from './check-shape.ts';

/** A lag of replication: bytes of WAL, or milliseconds. */
export interface Lag {
  readonly amount: number;
  readonly unit: 'B' | 'ms';
}

export interface ReplicationState {
  readonly streaming?: number;
  /** Those for which commits wait (`sync_state` is `sync` or `quorum`). */
  readonly sync?: number;
  /** At most so many bytes of WAL not replayed, or milliseconds between a commit and its replay. */
  readonly behind?: Lag;
}

const lag: Shape<Lag> = {
  read: (node) => {
    const [, amount, unit] = (node.kind === 'text' && /^(\d+)(B|kB|MB|ms|s)$/.exec(node.text)) || [];
    if (amount === undefined) return undefined;
    const factor = { B: 1, kB: 1024, MB: 1024 ** 2, ms: 1, s: 1000 }[unit as 'B'];
    return { amount: Number(amount) * factor, unit: unit!.endsWith('B') ? 'B' : 'ms' };
  },
  form: 'a lag with its unit, as 0B, 16kB or 500ms',
};

const replicationState = fields<ReplicationState>({ streaming: count, sync: count, behind: lag });
const even = oneOf('even');
const identical = oneOf('identical');
const loss = either(count, oneOf('some'));

export const checkValues = {
  shards: either(count, perTable(count)),
  placement: either(even, perTable(even)),
  rows: perTable(count),
  rows_per_shard: perTable(listOf(count)),
  workers: count,
  replication_factor: perTable(count),
  standbys: either(count, perTable(either(count, replicationState), 'node')),
  node: perTable(oneOf('up', 'down', 'paused'), 'node'),
  copies: either(identical, perTable(identical)),
  lost: either(loss, perTable(loss, 'writer')),
  tasks: count,
  returns: count,
  columns: listOf(text),
  value: text,
  true: listOf(text, 'one'),
};

export type CheckName = keyof typeof checkValues;

/** What a value is once it is read: `number | PerTable<number>` for `shards`. */
export type CheckValue<N extends CheckName> = (typeof checkValues)[N] extends Shape<infer T> ? T : never;

/** A check's name and its value: `{ kind: 'shards', is: 4 }`. */
export type CheckRule = {
  readonly [N in CheckName]: { readonly kind: N; readonly is: CheckValue<N> };
}[CheckName];
