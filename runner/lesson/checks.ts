// A `check` fence: YAML in which each key is a check. One reader a kind; a new kind is one line in READERS.
import { DURATION_FORM, readDuration } from './duration.ts';
import { unknownWord } from './nearest.ts';
import type { Report } from './problem.ts';
import type { Check, CheckKind, CheckRule, ChecksExpectation, PerTable, Place } from './types.ts';
import { readYaml, type YamlEntry, type YamlNode } from './yaml.ts';

interface Reader<T> {
  /** The value; undefined where it has another form. */
  readonly read: (node: YamlNode) => T | undefined;
  readonly form: string;
  /** The smallest part of a wrong value that is wrong; the value itself where there is no such reader. */
  readonly blame?: (node: YamlNode) => Blame;
}

interface Blame {
  readonly node: YamlNode;
  readonly form: string;
}

type RuleValue<K extends CheckKind> = Extract<CheckRule, { kind: K }>['is'];

const count: Reader<number> = {
  read: (node) => (node.kind === 'text' && /^\d{1,15}$/.test(node.text) ? Number(node.text) : undefined),
  form: 'a whole number',
};

const even: Reader<'even'> = {
  read: (node) => (node.kind === 'text' && node.text === 'even' ? 'even' : undefined),
  form: 'even',
};

/** A blank is written as '' so that a forgotten value is noticed. */
const text: Reader<string> = {
  read: (node) => (node.kind === 'text' && (node.isQuoted || node.text !== '') ? node.text : undefined),
  form: `a text ('' for a blank)`,
};

const READERS: { readonly [K in CheckKind]: Reader<RuleValue<K>> } = {
  shards: either(count, perTable(count)),
  placement: either(even, perTable(even)),
  rows: perTable(count),
  rows_per_shard: perTable(listOf(count)),
  workers: count,
  replication_factor: perTable(count),
  standbys: either(count, perTable(count)),
  tasks: count,
  returns: count,
  columns: listOf(text),
  value: text,
  true: listOf(text, 'one'),
};

export const CHECK_KINDS = Object.keys(READERS) as readonly CheckKind[];

/** Reads the text of a `check` fence; `place` is that of the fence, the text starts on the next line. */
export function readChecks(source: string, place: Place, report: Report): ChecksExpectation {
  let broken = false;
  const node = readYaml(source, place.line + 1, (line, message) => {
    broken = true;
    report(line, message);
  });
  const checks: Check[] = [];
  if (node?.kind === 'map') {
    for (const entry of node.entries) {
      const check = readCheck(entry, place.file, report);
      if (check !== undefined) checks.push(check);
    }
  } else if (!broken) {
    report(
      node?.line ?? place.line,
      `a check fence has checks, as "shards: 4"; known: ${CHECK_KINDS.join(', ')}`,
    );
  }
  return { kind: 'checks', place, checks };
}

function readCheck({ key, line, value }: YamlEntry, file: string, report: Report): Check | undefined {
  const kind = CHECK_KINDS.find((known) => known === key);
  if (kind === undefined) {
    report(line, unknownWord('check', key, CHECK_KINDS));
    return undefined;
  }
  const { is, extra } = unwrap(kind, value, report);
  if (is === undefined) return undefined;
  const reader = READERS[kind];
  const rule = reader.read(is);
  if (rule === undefined) {
    const { node, form } = blame(reader, is);
    report(node.line, `the check "${kind}" wants ${form}, found ${describe(node)}`);
    return undefined;
  }
  return { kind, is: rule, place: { file, line }, ...extra } as Check;
}

const WRAPPER_KEYS = ['is', 'say', 'eventually'];

interface Unwrapped {
  readonly is: YamlNode | undefined;
  readonly extra: Pick<Check, 'say' | 'eventuallyMs'>;
}

/** A map with the key `is` is `{is: …, say: …, eventually: …}`; a table of that name needs its schema. */
function unwrap(kind: CheckKind, value: YamlNode, report: Report): Unwrapped {
  if (value.kind !== 'map' || !value.entries.some(({ key }) => key === 'is')) return { is: value, extra: {} };
  let is: YamlNode | undefined;
  let say: string | undefined;
  let eventuallyMs: number | undefined;
  for (const { key, line, value: part } of value.entries) {
    if (key === 'is') is = part;
    else if (key === 'say') {
      say = text.read(part);
      if (say === undefined) report(line, `"say" is a sentence, found ${describe(part)}`);
    } else if (key === 'eventually') {
      eventuallyMs = part.kind === 'text' ? readDuration(part.text) : undefined;
      if (eventuallyMs === undefined)
        report(line, `"eventually" is ${DURATION_FORM}, found ${describe(part)}`);
    } else report(line, `in the check "${kind}": ${unknownWord('key', key, WRAPPER_KEYS)}`);
  }
  return {
    is,
    extra: { ...(say === undefined ? {} : { say }), ...(eventuallyMs === undefined ? {} : { eventuallyMs }) },
  };
}

function describe(node: YamlNode): string {
  if (node.kind !== 'text') return `a ${node.kind}`;
  return node.text === '' ? 'nothing' : `"${node.text}"`;
}

function blame(reader: Reader<unknown>, node: YamlNode): Blame {
  return reader.blame?.(node) ?? { node, form: reader.form };
}

function either<A, B>(one: Reader<A>, perTableReader: Reader<B>): Reader<A | B> {
  const form = `${one.form}, or ${perTableReader.form}`;
  return {
    read: (node) => one.read(node) ?? perTableReader.read(node),
    form,
    blame: (node) => (node.kind === 'map' ? blame(perTableReader, node) : { node, form }),
  };
}

function listOf<T>(item: Reader<T>, orOne?: 'one'): Reader<readonly T[]> {
  const form = orOne ? `${item.form}, or a list of them` : `a list, each ${item.form}`;
  return {
    read: (node) => {
      const nodes = node.kind === 'list' ? node.items : orOne && node.kind === 'text' ? [node] : [];
      const items = nodes.map(item.read).filter((value) => value !== undefined);
      return items.length > 0 && items.length === nodes.length ? items : undefined;
    },
    form,
    blame: (node) => blameFirst(item, node.kind === 'list' ? node.items : []) ?? { node, form },
  };
}

function perTable<T>(value: Reader<T>): Reader<PerTable<T>> {
  const form = `{table: ${value.form}}`;
  return {
    read: (node) => {
      if (node.kind !== 'map' || node.entries.length === 0) return undefined;
      const entries = node.entries.map(({ key, value: part }) => [key, value.read(part)] as const);
      return entries.every((entry): entry is [string, T & {}] => entry[1] !== undefined)
        ? Object.fromEntries(entries)
        : undefined;
    },
    form,
    blame: (node) => {
      const parts = node.kind === 'map' ? node.entries.map((entry) => entry.value) : [];
      return blameFirst(value, parts) ?? { node, form };
    },
  };
}

function blameFirst(reader: Reader<unknown>, nodes: readonly YamlNode[]): Blame | undefined {
  const wrong = nodes.find((node) => reader.read(node) === undefined);
  return wrong && blame(reader, wrong);
}
