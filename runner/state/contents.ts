// The rows of a table as fingerprints: sums of hashes, so that their order does not matter.
import type { Probe } from '../checks/check.ts';
import { quoteIdentifier } from '../checks/check.ts';
import type { Contents } from './canonical.ts';
import type { Column, Relation } from './catalog.ts';
import { isNumbered } from './definitions.ts';
import type { Exceptions } from './exceptions.ts';

export const holdsRows = ({ relkind, partitionOf }: Relation): boolean =>
  ['r', 'p', 'm'].includes(relkind) && partitionOf === null;

export async function readContents(
  { name, sql, columns }: Relation,
  { ofTable, valuesOf }: Exceptions,
  { coordinator }: Pick<Probe, 'coordinator'>,
): Promise<Contents> {
  const compared = ofTable(name, 'values')
    ? []
    : (columns ?? []).filter((column) => !isNumbered(column) && !valuesOf(name, column.name));
  const [row = []] = await coordinator(contentsSql(sql, compared));
  const [count, whole, ...sums] = row;
  const rows = Number(count);
  if (rows === 0 || compared.length === 0) return { rows };
  const values = compared.map(({ name: column }, at) => [column, fingerprint(sums[at] ?? null)]);
  return { rows, values: Object.fromEntries(values), whole: fingerprint(whole ?? null) };
}

function contentsSql(table: string, columns: readonly Column[]): string {
  const hashes = columns.map((column) => `pg_catalog.hashtextextended(${textOf(column)} COLLATE "C", 0)`);
  const row = hashes.map((hash) => `coalesce(${hash}::text, '')`).join(` || ',' || `);
  const whole = row === '' ? 'NULL' : `pg_catalog.sum(pg_catalog.hashtextextended((${row}) COLLATE "C", 0))`;
  const sums = hashes.map((hash) => `pg_catalog.sum(${hash})`);
  return `SELECT ${['pg_catalog.count(*)', whole, ...sums].join(',\n       ')}\n  FROM ${table}`;
}

const instant = /^(date|timestamp[^[]*|time[^[]*without time zone)$/;

/** The same on each server, whatever its settings, and for each way to write the same value. */
function textOf({ name, type }: Column): string {
  const column = quoteIdentifier(name);
  if (instant.test(type)) return `extract(epoch FROM ${column})::text`;
  if (/^numeric[^[]*$/.test(type)) return `pg_catalog.trim_scale(${column})::text`;
  if (type === 'real' || type === 'double precision') return `(${column} + 0)::text`;
  return `${column}::text`;
}

function fingerprint(sum: string | null): string {
  return sum === null ? 'null' : BigInt.asUintN(64, BigInt(sum)).toString(16).padStart(16, '0');
}
