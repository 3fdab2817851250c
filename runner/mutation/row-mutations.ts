// Changes of one row: another value, a row less, a row more.
import { quoteIdentifier, quoteLiteral } from '../checks/check.ts';
import type { Column, Relation } from '../state/catalog.ts';
import { isNumbered } from '../state/definitions.ts';
import type { Mutation } from './mutation.ts';

export function rowMutations({
  name,
  sql,
  columns,
  constraints,
  indexes,
  key,
}: Relation): readonly Mutation[] {
  const all = columns ?? [];
  const uniqueKeys = [...constraints, ...indexes].filter((text) => isUnique.test(text)).map(columnsOf);
  const isIn = (keyColumns: readonly string[], column: Column) => keyColumns.includes(asPrinted(column.name));
  const isFree = (column: Column) =>
    column.name !== key &&
    column.generated === '' &&
    !isNumbered(column) &&
    !uniqueKeys.some((keyColumns) => isIn(keyColumns, column));
  const counter = all.findLast(
    (column) => isNumber.test(column.type) && uniqueKeys.every((keyColumns) => isIn(keyColumns, column)),
  );
  return [
    ...all.filter(isFree).flatMap((column) => otherValue(sql, name, column, all)),
    { kind: 'delete', what: `a row of ${name} is deleted`, find: deleted(sql, all) },
    ...(counter || uniqueKeys.length === 0 ? [copied(sql, name, all, uniqueKeys.length > 0 && counter)] : []),
  ];
}

const isUnique = /^(PRIMARY KEY|UNIQUE|CREATE UNIQUE)/;
const isNumber = /^(smallint|integer|bigint)$/;
const columnsOf = (definition: string) => /\((.*?)\)/s.exec(definition)?.[1]?.split(', ') ?? [];
const asPrinted = (column: string) => (/^[a-z_][a-z0-9_]*$/.test(column) ? column : quoteIdentifier(column));

/** By the type of a column: another value than this one. */
const others: readonly (readonly [RegExp, (column: string) => string])[] = [
  [/^(smallint|integer|bigint|real|double precision|date|numeric(\(.*\))?)$/, (column) => `${column} + 1`],
  [/^(text|character.*)$/, (column) => `${column} || '~'`],
  [/^boolean$/, (column) => `NOT ${column}`],
  [/^(timestamp|time|interval)\b[^[]*$/, (column) => `${column} + INTERVAL '1 hour'`],
  [/^jsonb$/, (column) => `${column} || '{"changed": true}'`],
];

function otherValue(sql: string, name: string, { name: column, type }: Column, all: readonly Column[]) {
  const quoted = quoteIdentifier(column);
  const other = others.find(([form]) => form.test(type))?.[1](quoted);
  if (other === undefined) return [];
  const update = quoteLiteral(`UPDATE ${sql} SET ${quoted} = ${other} WHERE `);
  const find = `SELECT ${update} || ${thisRow(all)} FROM ${sql} WHERE ${quoted} IS NOT NULL ${anyRow(all)}`;
  return [{ kind: 'value', what: `a value of ${column} in ${name} is changed`, find } as const];
}

const deleted = (sql: string, all: readonly Column[]) =>
  `SELECT ${quoteLiteral(`DELETE FROM ${sql} WHERE `)} || ${thisRow(all)} FROM ${sql} ${anyRow(all)}`;

/** @param counter Gets the next number, so that no unique key has two of the same. */
function copied(
  sql: string,
  name: string,
  all: readonly Column[],
  counter: Column | false | undefined,
): Mutation {
  const given = all.filter(({ generated }) => generated === '');
  const names = given.map((column) => quoteIdentifier(column.name)).join(', ');
  const identity = given.some(({ identity }) => identity !== '') ? ' OVERRIDING SYSTEM VALUE' : '';
  const insert = quoteLiteral(`INSERT INTO ${sql} (${names})${identity} VALUES (`);
  const values = given.map((column) => {
    const value = quoteIdentifier(column.name);
    return `quote_nullable((${column === counter ? `${value} + 1` : value})::text)`;
  });
  const order = counter ? `ORDER BY ${quoteIdentifier(counter.name)} DESC LIMIT 1` : anyRow(all);
  const find = `SELECT ${insert} || concat_ws(', ', ${values.join(', ')}) || ')' FROM ${sql} ${order}`;
  return { kind: 'insert', what: `a row of ${name} is copied`, find };
}

/** What Citus takes as a condition of a row: no function of a column that is not immutable, as casts of times to text are. */
const thisRow = (columns: readonly Column[]) =>
  columns
    .filter(({ type }) => !/^(json|xml|point|polygon|box)\b/.test(type))
    .map(({ name, type }) => {
      const column = quoteIdentifier(name);
      const literal = `quote_nullable(${column}::text) || ${quoteLiteral(`::${type}`)}`;
      return `${quoteLiteral(`${column} IS NOT DISTINCT FROM `)} || ${literal}`;
    })
    .join(` || ' AND ' || `);

/** The same one in each run. */
const anyRow = (columns: readonly Column[]) => `ORDER BY md5(${thisRow(columns)}) LIMIT 1`;
