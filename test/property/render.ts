// A script's statements in SQL, for a table of any name.
import type { Condition, NewRow, Script, Statement } from './script.ts';
import { type ColumnType, keyTypes, literal, quote, typeAt, updateLiteral, valueAt } from './values.ts';

interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

interface Shape {
  readonly table: string;
  readonly key: ColumnType;
  /** All but the key; those that were dropped, or that a ROLLBACK took back, too: using them must fail everywhere. */
  readonly columns: readonly Column[];
  readonly unique: boolean;
}

/** Creates the table and its first rows. */
export function renderTable(script: Script, table: string): readonly string[] {
  const shape = firstShape(script, table);
  const columns = [{ name: 'k', type: shape.key }, ...shape.columns];
  const keyed = columns.slice(0, 2).filter(({ type }) => !type.unordered);
  const primaryKey = script.primaryKey ? [`PRIMARY KEY (${keyed.map(({ name }) => name).join(', ')})`] : [];
  const parts = [...columns.map(({ name, type }) => `${name} ${type.name}`), ...primaryKey];
  return [
    `CREATE TABLE ${table} (${parts.join(', ')})`,
    `${insertSeries(shape, script.rowsBefore, 1)} ON CONFLICT DO NOTHING`,
  ];
}

export function renderStatements(script: Script, table: string): readonly string[] {
  let shape = firstShape(script, table);
  const rendered: string[] = [];
  for (const [index, statement] of script.statements.entries()) {
    if (statement.kind === 'add-column') {
      const column = { name: `x${index}`, type: typeAt(statement.type) };
      const fill = statement.fill === null ? '' : ` DEFAULT ${literal(column.type, statement.fill)}`;
      rendered.push(`ALTER TABLE ${table} ADD COLUMN ${column.name} ${column.type.name}${fill}`);
      shape = { ...shape, columns: [...shape.columns, column] };
    } else rendered.push(render(statement, shape));
  }
  return rendered;
}

function firstShape({ keyType, columns, primaryKey, statements }: Script, table: string): Shape {
  return {
    table,
    key: typeAt(keyType, keyTypes),
    columns: columns.map((type, index) => ({ name: `c${index}`, type: typeAt(type) })),
    unique: primaryKey || statements.some((statement) => statement.kind === 'index' && statement.unique),
  };
}

function render(statement: Exclude<Statement, { kind: 'add-column' }>, shape: Shape): string {
  const { table, columns, unique } = shape;
  switch (statement.kind) {
    case 'insert':
      return insert(statement, shape);
    case 'insert-series':
      return insertSeries(shape, statement.count, statement.step);
    case 'insert-self':
      return `INSERT INTO ${table} SELECT * FROM ${table} WHERE ${where(statement.where, shape)}`;
    case 'update': {
      const column = at(columns, statement.column);
      if (column === undefined) return `SELECT count(*) FROM ${table}`;
      const { name, type } = column;
      // Whether a key that is changed row by row is double in between depends on the order of the rows.
      const to = statement.change && !unique ? type.change?.(name) : undefined;
      return `UPDATE ${table} SET ${name} = ${to ?? updateLiteral(type, statement.to)} WHERE ${where(statement.where, shape)}`;
    }
    case 'delete':
      return `DELETE FROM ${table} WHERE ${where(statement.where, shape)}${statement.returning ? ' RETURNING k' : ''}`;
    case 'select': {
      const name = at(columns, statement.column)?.name ?? 'k';
      return `SELECT count(*), count(${name}), count(DISTINCT k) FROM ${table} WHERE ${where(statement.where, shape)}`;
    }
    case 'drop-column':
      return `ALTER TABLE ${table} DROP COLUMN ${at(columns, statement.column)?.name ?? 'nosuch'}`;
    case 'index': {
      const name = at(columns, statement.column)?.name;
      const list = name === undefined ? 'k' : statement.unique ? `k, ${name}` : name;
      return `CREATE ${statement.unique ? 'UNIQUE ' : ''}INDEX ON ${table} (${list})`;
    }
    case 'plain':
      return statement.sql.replace(/\bt\b/, table);
  }
}

function insert({ rows, way }: Extract<Statement, { kind: 'insert' }>, shape: Shape): string {
  const { table, key, columns } = shape;
  const width = Math.min(columns.length, Math.max(...rows.map(({ values }) => values.length)));
  const used = columns.slice(0, width);
  const names = ['k', ...used.map(({ name }) => name)].join(', ');
  if (way === 'copy') {
    const lines = rows.map((row) => csv(row, key, used)).join('');
    const program = `echo ${Buffer.from(lines).toString('base64')} | base64 -d`;
    return `COPY ${table} (${names}) FROM PROGRAM ${quote(program)} (FORMAT csv)`;
  }
  const row = ({ key: k, values }: NewRow) =>
    `(${[literal(key, k), ...used.map(({ type }, i) => literal(type, values[i] ?? null))].join(', ')})`;
  const end = { values: '', 'on conflict': ' ON CONFLICT DO NOTHING', returning: ' RETURNING k' }[way];
  return `INSERT INTO ${table} (${names}) VALUES ${rows.map(row).join(', ')}${end}`;
}

function csv({ key: k, values }: NewRow, key: ColumnType, used: readonly Column[]): string {
  const cell = (type: ColumnType, n: number | null) =>
    n === null ? '' : `"${valueAt(type, n).replaceAll('"', '""')}"`;
  return `${[cell(key, k), ...used.map(({ type }, i) => cell(type, values[i] ?? null))].join(',')}\n`;
}

function insertSeries({ table, key, columns }: Shape, count: number, step: number): string {
  const pick = (type: ColumnType, factor: number) => {
    const cases = type.values.map((_, n) => `WHEN ${n} THEN ${literal(type, n)}`).join(' ');
    return `CASE g * ${factor} % ${type.values.length} ${cases} END`;
  };
  const names = ['k', ...columns.map(({ name }) => name)].join(', ');
  const values = [pick(key, step), ...columns.map(({ type }, i) => pick(type, i + 2))].join(', ');
  return `INSERT INTO ${table} (${names}) SELECT ${values} FROM generate_series(1, ${count}) g`;
}

function where(condition: Condition, { key, columns }: Shape): string {
  const keyIs = (keys: readonly number[]) => `k IN (${keys.map((n) => literal(key, n)).join(', ')})`;
  switch (condition.kind) {
    case 'all':
      return 'true';
    case 'key':
      return keyIs(condition.is);
    case 'column':
    case 'not-column': {
      const column = at(columns, condition.column);
      if (column === undefined) return 'true';
      if (condition.is === null) return `${column.name} IS NULL`;
      const sign = condition.kind === 'column' ? '=' : '<>';
      return `${column.name} ${sign} ${literal(column.type, condition.is)}`;
    }
    case 'key-or-column': {
      const column = at(columns, condition.column);
      const either =
        column === undefined ? 'false' : `${column.name} = ${literal(column.type, condition.is)}`;
      return `(${keyIs([condition.key])} OR ${either})`;
    }
  }
}

function at(columns: readonly Column[], n: number): Column | undefined {
  return columns.length === 0 ? undefined : columns[n % columns.length];
}
