// A state against the one that was recorded: what differs, as a learner would say it. Tables that the record does not know may
// be there: somebody tried something out.
import { plural } from '../lesson/plural.ts';
import { movedTables } from './placements.ts';
import type { State, TableState } from './state.ts';

export interface Difference {
  /** What was compared: `values of temperature in sensor_data`. */
  readonly title: string;
  readonly expected: string;
  readonly actual: string;
}

/** For an author who has recorded long ago, or took over the lesson. */
export const aboutRecords =
  'The recorded state expects this. "lesson check --record" records it anew, and "except=" leaves a part out.';

/** @param recorded How a learner knows the recorded state: `after the solution`. */
export function compareStates(expected: State, actual: State, recorded: string): readonly Difference[] {
  const isSameSize = expected.workers === actual.workers;
  const moved = isSameSize ? movedTables(expected, actual) : [];
  return [
    ...Object.entries(expected.tables).flatMap(([name, table]) => {
      const found = actual.tables[name];
      if (found === undefined) return [missing(name, table)];
      const [wanted, has] = [table, found].map((each) => ({ ...each, ...known(each, expected) }));
      return compareTable(name, wanted!, has!, moved.includes(name), recorded);
    }),
    ...Object.entries(actual.tables).flatMap(([name, { kind }]) =>
      name in expected.tables || !isDecoy(kind)
        ? []
        : [{ title: `${kind} ${name}`, expected: 'none', actual: 'there is one' }],
    ),
    ...compareObjects(expected.objects, actual.objects, recorded),
    ...(isSameSize ? compareNodes(expected.nodes, actual.nodes) : []),
  ];
}

/** A view or a foreign table shows rows that are somewhere else. */
const isDecoy = (kind: string) => ['view', 'materialized view', 'foreign'].includes(kind);

const missing = (name: string, { kind }: TableState): Difference => ({
  title: isDecoy(kind) ? `${kind} ${name}` : `table ${name}`,
  expected: 'there is one',
  actual: 'none',
});

/** Tables that the record does not know, or that may differ, are in groups, too. */
const known = ({ colocated }: TableState, { tables }: State) =>
  colocated && { colocated: colocated.filter((name) => name in tables) };

function compareTable(
  name: string,
  expected: TableState,
  actual: TableState,
  hasMoved: boolean,
  recorded: string,
): readonly Difference[] {
  const differ = (title: string, what: (table: TableState) => string): readonly Difference[] =>
    what(expected) === what(actual) ? [] : [{ title, expected: what(expected), actual: what(actual) }];
  const kind = differ(`kind of ${name}`, (table) => table.kind);
  if (kind.length > 0) return kind;
  const key = differ(`distribution column of ${name}`, (table) => table.key ?? 'none');
  if (key.length > 0) return key;
  const shards = expected.placements === undefined ? [] : compareShards(name, expected, actual, hasMoved);
  const columns = compareMaps(expected.columns, actual.columns, (column) => `column ${column} of ${name}`);
  return [
    ...differ(`definition of ${name}`, (table) => table.definition ?? ''),
    ...columns,
    ...compareLists(name, splitConstraint, expected.constraints, actual.constraints),
    ...compareLists(name, (text) => ['index', text], expected.indexes, actual.indexes),
    ...compareLists(name, (text) => ['trigger', text], expected.triggers, actual.triggers),
    ...differ(`shards of ${name}`, ({ amiss }) => amiss?.join('; ') ?? 'all like their table'),
    ...(expected.colocated === undefined && actual.colocated === undefined
      ? []
      : differ(`tables co-located with ${name}`, (table) => table.colocated?.join(', ') || 'none')),
    ...(expected.rows === undefined
      ? []
      : differ(`rows of ${name}`, (table) => String(table.rows ?? 'none'))),
    ...(expected.rows === actual.rows ? compareValues(name, expected, actual, recorded) : []),
    ...shards,
  ];
}

function compareShards(
  name: string,
  expected: TableState,
  actual: TableState,
  hasMoved: boolean,
): readonly Difference[] {
  const [wanted, found] = [shardsOf(expected), shardsOf(actual)];
  if (wanted.length !== found.length) {
    return [{ title: `shards of ${name}`, expected: String(wanted.length), actual: String(found.length) }];
  }
  const at = wanted.findIndex((shard, i) => copiesOf(shard) !== copiesOf(found[i]!));
  if (at >= 0) {
    const [more, less] = [wanted[at]!, found[at]!].map((shard) =>
      copiesOf(shard) === 1 ? '1 copy' : `${copiesOf(shard)} copies`,
    );
    return [{ title: `shard ${at + 1} of ${name}`, expected: more!, actual: less! }];
  }
  if (!hasMoved) return [];
  return [
    {
      title: `nodes of the shards of ${name}, in the order of their hash ranges`,
      expected: expected.placements!,
      actual: actual.placements!,
    },
  ];
}

const shardsOf = ({ placements = '' }: TableState) => placements.split(' ');
const copiesOf = (shard: string) => shard.split('+').length;

function compareValues(
  name: string,
  expected: TableState,
  actual: TableState,
  recorded: string,
): readonly Difference[] {
  if (expected.values === undefined || actual.values === undefined) return [];
  const others = { expected: `those ${recorded}`, actual: 'others' };
  const found = Object.entries(expected.values).flatMap(([column, value]) => {
    const has = actual.values![column];
    return has === undefined || has === value ? [] : [{ title: `values of ${column} in ${name}`, ...others }];
  });
  if (found.length > 0 || expected.whole === actual.whole) return found;
  return [
    {
      title: `rows of ${name}`,
      expected: `those ${recorded}`,
      actual: 'the same values, combined in other rows',
    },
  ];
}

function splitConstraint(text: string): readonly [string, string] {
  const [, kind = '', rest = ''] =
    /^(PRIMARY KEY|UNIQUE(?: NULLS NOT DISTINCT)?|FOREIGN KEY \([^)]*\)|CHECK|EXCLUDE) ?(.*)$/s.exec(text) ??
    [];
  if (kind === '') return ['constraint', text];
  const [words, columns] = kind.split(' (');
  return [[words!.toLowerCase(), ...(columns ? [`(${columns}`] : [])].join(' '), rest];
}

/** One that is missing and one of the same kind that is too many are one difference. */
function compareLists(
  table: string,
  split: (text: string) => readonly [string, string],
  expected: readonly string[] = [],
  actual: readonly string[] = [],
): readonly Difference[] {
  const missing = expected.filter((text) => !actual.includes(text)).map(split);
  const extra = actual.filter((text) => !expected.includes(text)).map(split);
  const title = (kind: string) => `${kind} of ${table}`;
  const differences = missing.map(([kind, text]): Difference => {
    const at = extra.findIndex(([other]) => other === kind);
    const [instead] = at < 0 ? [] : extra.splice(at, 1);
    return { title: title(kind), expected: text, actual: instead?.[1] ?? 'none' };
  });
  return [
    ...differences,
    ...extra.map(([kind, text]) => ({ title: title(kind), expected: 'none', actual: text })),
  ];
}

function compareMaps(
  expected: Readonly<Record<string, string>>,
  actual: Readonly<Record<string, string>>,
  title: (name: string) => string,
): readonly Difference[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])].flatMap((name) =>
    expected[name] === actual[name]
      ? []
      : [{ title: title(name), expected: expected[name] ?? 'none', actual: actual[name] ?? 'none' }],
  );
}

/** What a setting or an operator is can be read; of a function there is a fingerprint only. */
function compareObjects(
  expected: State['objects'],
  actual: State['objects'],
  recorded: string,
): readonly Difference[] {
  return compareMaps(expected, actual, (name) => name).map((difference) => {
    if (difference.title.startsWith('setting ')) return difference;
    const isThere = difference.title in actual;
    if (!(difference.title in expected)) return { ...difference, actual: 'there is one' };
    return { ...difference, expected: `the one ${recorded}`, actual: isThere ? 'another one' : 'none' };
  });
}

function compareNodes(expected: readonly string[], actual: readonly string[]): readonly Difference[] {
  if (expected.length === 0) return [];
  const [wanted, found] = [expected, actual].map((nodes) => [nodes[0], ...nodes.slice(1).sort()]);
  if (wanted!.join('/') === found!.join('/')) return [];
  if (expected.length !== actual.length) {
    const count = (nodes: readonly string[]) => plural(nodes.length - 1, 'worker');
    return [{ title: 'nodes', expected: count(expected), actual: count(actual) }];
  }
  return [{ title: 'nodes', expected: wanted!.join('; '), actual: found!.join('; ') }];
}
