// What a result table does with rows of text. Pure.

export type Cells = readonly (string | null)[];

export interface Sorting {
  readonly column: number;
  readonly descending: boolean;
}

/** Numbers by their value, all else by its text; NULL last, as PostgreSQL has it. */
export function sortRows(rows: readonly Cells[], sorting: Sorting | undefined): readonly Cells[] {
  if (sorting === undefined) return rows;
  const { column, descending } = sorting;
  const numeric = isNumeric(rows, column);
  const compare = (a: string, b: string) => (numeric ? Number(a) - Number(b) : a.localeCompare(b));
  return rows.toSorted((one, other) => {
    const [a = null, b = null] = [one[column], other[column]];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return descending ? compare(b, a) : compare(a, b);
  });
}

const number = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;

/** Whether every value of a column is a number, and there is one. */
export function isNumeric(rows: readonly Cells[], column: number): boolean {
  const values = rows.map((row) => row[column] ?? null).filter((value) => value !== null);
  return values.length > 0 && values.every((value) => number.test(value.trim()));
}

/** RFC 4180; NULL is empty. */
export function asCsv(columns: readonly string[], rows: readonly Cells[]): string {
  const quote = (value: string | null) =>
    value === null ? '' : /[",\r\n]/.test(value) || value === '' ? `"${value.replaceAll('"', '""')}"` : value;
  return [columns, ...rows].map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}

export function asMarkdown(columns: readonly string[], rows: readonly Cells[]): string {
  const escaped = (value: string | null) => (value ?? '').replaceAll('|', '\\|').replaceAll(/\r?\n/g, ' ');
  const line = (cells: Cells) => `| ${cells.map(escaped).join(' | ')} |\n`;
  return line(columns) + line(columns.map(() => '---')) + rows.map(line).join('');
}
