// A result as a program printed it, back to its columns and rows: psql's tables, with or without a frame, and its expanded form.
// Cells are cut where the line of dashes has its plus signs: unlike in a lesson, a bar or a star in a value has no backslash.
import { widthOf } from '../lesson/cell.ts';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Whether there were more rows. */
  readonly open?: boolean;
}

/** A table, and the number of lines that it takes. */
export interface FoundTable {
  readonly table: Table;
  readonly length: number;
}

/** The table that begins in this line; undefined where none does, or where it cannot be read. */
export function readTable(lines: readonly string[], at: number): FoundTable | undefined {
  return readExpanded(lines, at) ?? readFramed(lines, at) ?? readAligned(lines, at);
}

/** As `findIndex`, from a place on. */
export function indexFrom(
  lines: readonly string[],
  from: number,
  test: (line: string, at: number) => boolean,
): number {
  for (let at = from; at < lines.length; at++) if (test(lines[at]!, at)) return at;
  return -1;
}

export const isBlank = (line: string): boolean => line.trim() === '';

const dashes = /^-+(?:\+-+)*$/;
const footer = /^\((\d+) rows?\)$/;

function readAligned(lines: readonly string[], at: number): FoundTable | undefined {
  const [header, line] = [lines[at], lines[at + 1]?.trimEnd()];
  if (header === undefined || header.trim() === '' || line === undefined || !dashes.test(line))
    return undefined;
  const from = at + 2;
  const blank = indexFrom(lines, from, isBlank);
  // A row may be blank; dashes behind it are those of another table.
  const edge = indexFrom(
    lines,
    from,
    (each, i) => footer.test(each.trim()) || (blank !== -1 && i > blank && dashes.test(each.trimEnd())),
  );
  const end = edge !== -1 && footer.test(lines[edge]!.trim()) ? edge : -1;
  if (end !== -1) {
    const table = tableOf(header, line, lines.slice(from, end));
    if (table?.rows.length === Number(footer.exec(lines[end]!.trim())![1]))
      return { table, length: end + 1 - at };
    // Other rows than it counts, such as lines that a narrow terminal has broken.
    if (blank === -1 || end < blank) return undefined;
  }
  const body = lines.slice(from, blank === -1 ? undefined : blank);
  const table = tableOf(header, line, body);
  return table && { table, length: 2 + body.length };
}

const frame = /^\+[-=]+(?:\+[-=]+)*\+$/;

function readFramed(lines: readonly string[], at: number): FoundTable | undefined {
  if (!frame.test(lines[at]?.trim() ?? '')) return undefined;
  const inside = (line: string) => line.trim().slice(1, -1);
  const end = indexFrom(lines, at + 3, (line) => frame.test(line.trim()));
  if (end === -1 || !frame.test(lines[at + 2]!.trim())) return undefined;
  const line = inside(lines[at]!).replaceAll('=', '-');
  const table = tableOf(inside(lines[at + 1]!), line, lines.slice(at + 3, end).map(inside));
  const hasFooter = footer.test(lines[end + 1]?.trim() ?? '');
  return table && { table, length: end + (hasFooter ? 2 : 1) - at };
}

/** Undefined where a cell goes on after the last line. */
function tableOf(header: string, line: string, body: readonly string[]): Table | undefined {
  const widths = line.split('+').map(({ length }) => length);
  const columns = cut(header, widths).map(({ text }) => text.trim());
  const rows: string[][] = [];
  let goesOn: readonly (string | undefined)[] = [];
  for (const each of body) {
    const cells = cut(each, widths);
    if (goesOn.some((by) => by !== undefined)) {
      const row = rows.at(-1)!;
      for (const [i, { text }] of cells.entries())
        if (goesOn[i] !== undefined) row[i] += `${goesOn[i]}${text}`;
    } else rows.push(cells.map(({ text }) => text));
    goesOn = cells.map((cell) => cell.goesOn);
  }
  if (goesOn.some((by) => by !== undefined)) return undefined;
  const isNumber = columns.map((_, i) => rows.every((row) => looksNumeric(row[i]!)));
  return { columns, rows: rows.map((row) => row.map((cell, i) => (isNumber[i] ? cell.trim() : cell))) };
}

export const looksNumeric = (cell: string): boolean => /^\s*(-?[\d.]+(e[+-]?\d+)?)?\s*$/.test(cell);

/** In the place of the blank before a bar: what is between this line of the cell and the next one. */
const marks: Readonly<Record<string, string>> = { '+': '\n', '.': '' };

/** Each cell without the blanks beside its bars; a line that psql has wrapped goes on behind a dot. */
function cut(line: string, widths: readonly number[]) {
  const characters = [...line];
  let at = 0;
  return widths.map((width, i) => {
    let cell = '';
    const isLast = i === widths.length - 1;
    for (let used = 0; at < characters.length && (isLast || used < width); at++) {
      cell += characters[at];
      used += widthOf(characters[at]!);
    }
    at += 1; // the bar
    const goesOn = widthOf(cell) >= width ? marks[cell.at(-1)!] : undefined;
    const text = (goesOn === undefined ? cell : cell.slice(0, -1)).replace(/^[ .]/, '');
    return { text: goesOn === '' ? text : text.trimEnd(), goesOn };
  });
}

const record = /^-\[ RECORD \d+ \]-*(?:\+-*)?$/;

function readExpanded(lines: readonly string[], at: number): FoundTable | undefined {
  if (!record.test(lines[at]?.trim() ?? '')) return undefined;
  const rows: [name: string, value: string][][] = [];
  let end = at;
  for (; end < lines.length; end++) {
    const line = lines[end]!;
    if (record.test(line.trim())) {
      rows.push([]);
      continue;
    }
    const bar = line.indexOf('|');
    if (bar === -1) break;
    const name = line.slice(0, bar).trim();
    const value = line
      .slice(bar + 1)
      .replace(/^ /, '')
      .trimEnd();
    const last = rows.at(-1)!.at(-1);
    if (name !== '') rows.at(-1)!.push([name, value]);
    else if (last) last[1] = `${last[1].replace(/\+$/, '')}\n${value}`;
  }
  const columns = (rows[0] ?? []).map(([name]) => name);
  if (columns.length === 0 || rows.some((row) => row.length !== columns.length)) return undefined;
  return { table: { columns, rows: rows.map((row) => row.map(([, value]) => value)) }, length: end - at };
}
