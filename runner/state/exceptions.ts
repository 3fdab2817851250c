// What may differ from a recorded state: `except="placements events events.created_at orders.id.values"`.
import type { State, TableState } from './state.ts';

/** Words that mean a part of every table, or of the cluster. */
export const parts = [
  'nodes',
  'placements',
  'colocation',
  'constraints',
  'indexes',
  'triggers',
  'rows',
  'values',
  'settings',
] as const;
export type Part = (typeof parts)[number];

export interface Exceptions {
  readonly part: (part: Part) => boolean;
  readonly table: (table: string) => boolean;
  /** A part or a column of a table. */
  readonly ofTable: (table: string, part: string) => boolean;
  /** What stands in a column, whatever its type is. */
  readonly valuesOf: (table: string, column: string) => boolean;
}

export function exceptionsOf(words: readonly string[]): Exceptions {
  const has = (word: string) => words.includes(word);
  const ofTable = (table: string, part: string) => has(`${table}.${part}`) || (isPart(part) && has(part));
  return {
    part: has,
    table: has,
    ofTable,
    valuesOf: (table, column) => ofTable(table, column) || has(`${table}.${column}.values`),
  };
}

export const isPart = (word: string): word is Part => (parts as readonly string[]).includes(word);

/** The state without what may differ. */
export function without(state: State, words: readonly string[]): State {
  const except = exceptionsOf(words);
  const tables = Object.entries(state.tables).filter(([name]) => !except.table(name));
  return {
    ...state,
    nodes: except.part('nodes') ? [] : state.nodes,
    objects: except.part('settings') ? withoutSettings(state.objects) : state.objects,
    tables: Object.fromEntries(tables.map(([name, table]) => [name, withoutParts(name, table, except)])),
  };
}

const withoutSettings = (objects: State['objects']): State['objects'] =>
  Object.fromEntries(Object.entries(objects).filter(([name]) => !name.startsWith('setting ')));

function withoutParts(name: string, table: TableState, { ofTable, valuesOf }: Exceptions): TableState {
  const isExcepted = (part: string) => ofTable(name, part);
  const { colocated, placements, constraints, indexes, triggers, amiss, rows, values, whole, ...rest } =
    table;
  const hasRows = rows !== undefined && !isExcepted('rows');
  const hasValues = hasRows && values !== undefined && !isExcepted('values');
  const columns = <T>(of: Readonly<Record<string, T>>, isOut: (column: string) => boolean) =>
    Object.fromEntries(Object.entries(of).filter(([column]) => !isOut(column)));
  return {
    ...rest,
    ...(colocated && !isExcepted('colocation') && { colocated }),
    ...(placements !== undefined && !isExcepted('placements') && { placements }),
    columns: columns(rest.columns, isExcepted),
    ...(constraints && !isExcepted('constraints') && { constraints }),
    ...(indexes && !isExcepted('indexes') && { indexes }),
    ...(triggers && !isExcepted('triggers') && { triggers }),
    ...(amiss && !isExcepted('constraints') && !isExcepted('indexes') && { amiss }),
    ...(hasRows && { rows }),
    ...(hasValues && { values: columns(values, (column) => valuesOf(name, column)) }),
    ...(hasValues && whole !== undefined && { whole }),
  };
}
