// Constraints, indexes, columns and views as text that does not depend on names, versions, or the server they are on.
import type { Column } from './catalog.ts';

const identifier = String.raw`(?:"(?:[^"]|"")*"|[^\s".(]+)`;
const indexForm = new RegExp(
  String.raw`^CREATE (UNIQUE )?INDEX ${identifier} ON (?:ONLY )?${identifier}(?:\.${identifier})? USING (\w+) (.*)$`,
  's',
);

/** `UNIQUE (serial_no)`, `gin (tags)`. */
export function indexText(definition: string): string {
  const [, unique = '', method = '', rest] = indexForm.exec(definition) ?? [];
  if (rest === undefined) return definition;
  return `${unique}${method === 'btree' ? '' : `${method} `}${rest}`;
}

/** The columns of a key in the order of the alphabet: as a rule about rows their order says nothing. */
export function constraintText(definition: string): string {
  const [exclusion] = /^EXCLUDE USING [^(]*\(/.exec(definition) ?? [];
  if (exclusion !== undefined) return exclusion + inOrder(definition.slice(exclusion.length));
  const key = /^(PRIMARY KEY|UNIQUE(?: NULLS NOT DISTINCT)?) \(([^)]*)\)(.*)$/s.exec(definition);
  if (key) return `${key[1]} (${key[2]!.split(', ').sort().join(', ')})${key[3]}`;
  const [, columns, table, referenced, rest = ''] =
    /^FOREIGN KEY \(([^)]*)\) REFERENCES ([^(]*)\(([^)]*)\)(.*)$/s.exec(definition) ?? [];
  if (columns === undefined || referenced === undefined) return definition;
  const others = referenced.split(', ');
  const pairs = columns.split(', ').map((column, at): [string, string] => [column, others[at] ?? '']);
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  const [from, to] = [0, 1].map((side) => pairs.map((pair) => pair[side]).join(', '));
  return `FOREIGN KEY (${from}) REFERENCES ${table}(${to})${rest}`;
}

/** A list up to its closing parenthesis, in the order of the alphabet, and what stands behind it. */
function inOrder(text: string): string {
  const elements = [''];
  let depth = 0;
  for (const token of text.match(/'[^']*'|"[^"]*"|, |./gs) ?? []) {
    if (token === ')' && depth === 0) break;
    depth += token === '(' ? 1 : token === ')' ? -1 : 0;
    if (token === ', ' && depth === 0) elements.push('');
    else elements[elements.length - 1] += token;
  }
  return elements.toSorted().join(', ') + text.slice(elements.join(', ').length);
}

/** As on the table, for what a shard says: `REFERENCES devices_102012(device_id)`. */
export function withoutShardIds(definition: string, ids: ReadonlySet<string>): string {
  return definition.replace(/_(\d+)(?=["(\s.]|$)/g, (suffix, id: string) => (ids.has(id) ? '' : suffix));
}

/** `integer NOT NULL DEFAULT 0`. */
export function columnText(column: Column): string {
  const { type, collation, notNull, identity, generated, default: value } = column;
  return [
    type,
    ...(collation === null ? [] : [`COLLATE ${collation}`]),
    ...(notNull ? ['NOT NULL'] : []),
    ...(identity === '' ? [] : [`GENERATED ${identity === 'a' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`]),
    ...(value === null
      ? []
      : generated !== ''
        ? [`GENERATED ALWAYS AS (${value})`]
        : [isSerial(column) ? 'DEFAULT the next number' : `DEFAULT ${value}`]),
  ].join(' ');
}

/** Its numbers depend on how often somebody has tried. */
export const isNumbered = (column: Column): boolean => column.identity !== '' || isSerial(column);

const isSerial = ({ ownsSequence, default: value }: Column) =>
  ownsSequence && value?.startsWith('nextval(') === true;

/** Until version 15 PostgreSQL names the table of each column also where there is one table only. */
export function viewText(definition: string): string {
  const text = definition.trim().replace(/\s+/g, ' ').replace(/;$/, '');
  const qualifiers = new Set([...text.matchAll(/\b([a-z_]\w*)\.(?=[a-z_"])/g)].map(([, name]) => name));
  const [only] = qualifiers;
  return qualifiers.size === 1 ? text.replaceAll(new RegExp(String.raw`\b${only}\.`, 'g'), '') : text;
}
