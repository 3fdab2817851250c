// The rows of a `result` fence: lines to cells, and lines that psql broke to one row again.
import { comparable, widthOf } from './cell.ts';
import { plural } from './plural.ts';
import type { ReportProblem } from './problem.ts';
import type { ExpectedRow } from './types.ts';

/** How the table is drawn. */
export interface TableForm {
  readonly isMarkdown: boolean;
  /** The length of the line of dashes, in psql's form. */
  readonly width: number;
}

interface RawCell {
  readonly text: string;
  /** Whether a `+` at its right edge says that the next line goes on with it. */
  readonly goesOn: boolean;
}

interface PendingRow {
  readonly line: number;
  readonly texts: string[];
  goesOn: readonly boolean[];
}

export interface ReadRowsOptions {
  readonly file: string;
  readonly firstLine: number;
  readonly columnCount: number;
  readonly form: TableForm;
  readonly report: ReportProblem;
}

/** The rows under the header, and whether they end with `...`. */
export function readRows(
  lines: readonly string[],
  { file, firstLine, columnCount, form, report }: ReadRowsOptions,
): { readonly rows: readonly ExpectedRow[]; readonly open: boolean } {
  const rows: ExpectedRow[] = [];
  let pending: PendingRow | undefined;
  let ellipsisLine: number | undefined;
  for (const [i, line] of lines.entries()) {
    const at = firstLine + i;
    const raw = splitRow(line, form);
    if (ellipsisLine !== undefined) {
      report(ellipsisLine, 'a row "..." may only be the last');
      ellipsisLine = undefined;
    }
    if (pending === undefined && isEllipsis(line, raw)) {
      ellipsisLine = at;
      continue;
    }
    if (raw.length !== columnCount) {
      report(at, wrongCount(raw.length, columnCount));
      pending = undefined;
      continue;
    }
    pending = pending === undefined ? startRow(raw, at) : continueRow(pending, raw, at, report);
    if (pending.goesOn.includes(true)) continue;
    rows.push({ cells: pending.texts.map(readCell), place: { file, line: pending.line } });
    pending = undefined;
  }
  if (pending !== undefined) report(pending.line, 'the row ends with "+", but no line follows');
  return { rows, open: ellipsisLine !== undefined };
}

/** The names of the columns, from the first line. */
export function readHeader(line: string, form: TableForm): string[] {
  return splitRow(line, { ...form, width: Number.POSITIVE_INFINITY }).map(({ text }) => readCell(text));
}

function startRow(raw: readonly RawCell[], line: number): PendingRow {
  return { line, texts: raw.map(({ text }) => text), goesOn: raw.map(({ goesOn }) => goesOn) };
}

function continueRow(
  row: PendingRow,
  raw: readonly RawCell[],
  line: number,
  report: ReportProblem,
): PendingRow {
  for (const [i, { text }] of raw.entries()) {
    if (row.goesOn[i]) row.texts[i] += `\n${text}`;
    else if (text.trim() !== '')
      report(line, `the row above goes on here, but not in the cell "${text.trim()}"`);
  }
  row.goesOn = raw.map(({ goesOn }) => goesOn);
  return row;
}

function wrongCount(found: number, expected: number): string {
  const hint = found > expected ? '; a bar in a cell is written \\|' : '';
  return `the row has ${plural(found, 'cell')}, the header ${expected}${hint}`;
}

/** It may stand alone or in each cell. */
function isEllipsis(line: string, raw: readonly RawCell[]): boolean {
  return (
    line.trim() === '...' ||
    (raw.length > 0 && raw.every((cell) => !cell.goesOn && cell.text.trim() === '...'))
  );
}

/**
 * Splits at the bars without a backslash. In psql's form a `+` that touches the bar goes on in the next line; in the
 * last column it does so where it stands under the end of the dashes, so that a value such as `c++` stays whole.
 */
function splitRow(line: string, { isMarkdown, width }: TableForm): RawCell[] {
  const parts = line.split(/(?<!\\)\|/);
  if (isMarkdown) {
    if (parts[0]!.trim() === '') parts.shift();
    if (parts.length > 0 && parts.at(-1)!.trim() === '') parts.pop();
    return parts.map((text) => ({ text, goesOn: false }));
  }
  return parts.map((part, i) => {
    const isLast = i === parts.length - 1;
    const end = isLast ? part.trimEnd() : part;
    const goesOn = end.endsWith('+') && (!isLast || widthOf(line.trimEnd()) >= width);
    return { text: (goesOn ? end.slice(0, -1) : part).replace(/^ /, ''), goesOn };
  });
}

/** `\|` is a bar, and a backslash more before it one backslash. */
function readCell(text: string): string {
  return comparable(text.replace(/\\(\\*\|)/g, '$1'));
}
