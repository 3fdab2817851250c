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
  const compare = numeric ? (a: string, b: string) => Number(a) - Number(b) : byText.compare;
  return rows.toSorted((one, other) => {
    const [a = null, b = null] = [one[column], other[column]];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return descending ? compare(b, a) : compare(a, b);
  });
}

const byText = new Intl.Collator('en');

export interface ColumnShape {
  readonly isNumeric: boolean;
  /** The largest number, without its sign. */
  readonly largest: number;
  /** Of the longest value, as far as it is shown: a column that scrolls keeps its width. */
  readonly characters: number;
}

const mostCharacters = 60;

export function describeColumns(columns: readonly string[], rows: readonly Cells[]): readonly ColumnShape[] {
  return columns.map((_, at) => {
    const numeric = isNumeric(rows, at);
    let [largest, longest] = [0, 4]; // NULL
    for (const row of rows) {
      const cell = row[at] ?? '';
      longest = Math.max(longest, cell.length);
      if (numeric) largest = Math.max(largest, Math.abs(Number(cell)));
    }
    return { isNumeric: numeric, largest, characters: Math.min(longest, mostCharacters) };
  });
}

interface Sight {
  /** How far the box is scrolled, in pixels. */
  readonly top: number;
  readonly rowHeight: number;
  /** How many rows the box has room for. */
  readonly inBox: number;
  readonly all: number;
}

/** Drawn above and below what is in sight, so that a quick hand finds no gap. */
const margin = 10;

/** `last` is the one after. */
export function rowsInSight({ top, rowHeight, inBox, all }: Sight): {
  readonly first: number;
  readonly last: number;
} {
  const first = Math.max(0, Math.min(all, Math.floor(top / rowHeight)) - margin);
  return { first, last: Math.min(all, first + inBox + 2 * margin) };
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
