// Random scripts as data: a table, how it is distributed, and the statements that it goes through.
import fc from 'fast-check';

/** Numbers choose types, columns and values, each modulo how many there are; null is NULL. */
export interface Script {
  readonly keyType: number;
  readonly columns: readonly number[];
  /** Whether the key and the first column are the primary key. */
  readonly primaryKey: boolean;
  readonly shards: number;
  readonly workers: number;
  readonly factor: number;
  /** How many rows the table has when it is distributed. */
  readonly rowsBefore: number;
  readonly statements: readonly Statement[];
}

export interface NewRow {
  readonly key: number;
  readonly values: readonly (number | null)[];
}

export type Statement =
  | { readonly kind: 'insert'; readonly rows: readonly NewRow[]; readonly way: InsertWay }
  | { readonly kind: 'insert-series'; readonly count: number; readonly step: number }
  | { readonly kind: 'insert-self'; readonly where: Condition }
  | {
      readonly kind: 'update';
      readonly column: number;
      readonly to: number | null;
      readonly change: boolean;
      readonly where: Condition;
    }
  | { readonly kind: 'delete'; readonly where: Condition; readonly returning: boolean }
  | { readonly kind: 'select'; readonly column: number; readonly where: Condition }
  | { readonly kind: 'add-column'; readonly type: number; readonly fill: number | null }
  | { readonly kind: 'drop-column'; readonly column: number }
  | { readonly kind: 'index'; readonly column: number; readonly unique: boolean }
  | { readonly kind: 'plain'; readonly sql: (typeof plainStatements)[number] };

export type InsertWay = 'values' | 'copy' | 'on conflict' | 'returning';

export type Condition =
  | { readonly kind: 'all' }
  | { readonly kind: 'key'; readonly is: readonly number[] }
  | { readonly kind: 'column'; readonly column: number; readonly is: number | null }
  | { readonly kind: 'not-column'; readonly column: number; readonly is: number }
  | { readonly kind: 'key-or-column'; readonly key: number; readonly column: number; readonly is: number };

/** `t` is the table. */
export const plainStatements = [
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT s',
  'ROLLBACK TO s',
  'RELEASE s',
  'TRUNCATE t',
  'ANALYZE t',
] as const;

const choice = fc.nat(40);
const value = fc.option(choice, { freq: 6 });

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.constant({ kind: 'all' } as const),
  fc.record({ kind: fc.constant('key' as const), is: fc.array(choice, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('column' as const), column: choice, is: value }),
  fc.record({ kind: fc.constant('not-column' as const), column: choice, is: choice }),
  fc.record({ kind: fc.constant('key-or-column' as const), key: choice, column: choice, is: choice }),
);

const statement: fc.Arbitrary<Statement> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('insert' as const),
      rows: fc.array(fc.record({ key: choice, values: fc.array(value, { maxLength: 4 }) }), {
        minLength: 1,
        maxLength: 6,
      }),
      way: fc.constantFrom<InsertWay>('values', 'copy', 'on conflict', 'returning'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('insert-series' as const),
      count: fc.oneof({ weight: 3, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: fc.constant(2100) }),
      step: fc.constantFrom(0, 0, 1, 2, 3, 5),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('insert-self' as const), where: condition }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('update' as const),
      column: choice,
      to: value,
      change: fc.boolean(),
      where: condition,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), where: condition, returning: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('select' as const), column: choice, where: condition }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('add-column' as const), type: choice, fill: value }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop-column' as const), column: choice }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('index' as const), column: choice, unique: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('plain' as const), sql: fc.constantFrom(...plainStatements) }),
  },
);

export const script: fc.Arbitrary<Script> = fc.record({
  keyType: choice,
  columns: fc.array(choice, { maxLength: 4 }),
  primaryKey: fc.constantFrom(false, false, true),
  // Often what is hardest: few shards with many rows, and two copies.
  shards: fc.constantFrom(1, 1, 2, 2, 3, 3, 4, 5, 8, 32),
  workers: fc.constantFrom(1, 2, 2, 3, 3),
  factor: fc.constantFrom(1, 2, 2),
  rowsBefore: fc.nat(20),
  statements: fc.array(statement, { maxLength: 14 }),
});
