// What psql printed after one line of input, as far as a lesson can expect it.
import type { Table } from './printed-table.ts';
import { readTable } from './printed-table.ts';

/** How a statement ended. */
export type Ending =
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'tag'; readonly changesRows: boolean }
  | { readonly kind: 'error'; readonly message: string };

export interface PsqlOutput {
  readonly endings: readonly Ending[];
  /** Lines that mean nothing here. */
  readonly unread: readonly string[];
}

/** Some always have a number: without one it is the beginning of a statement. */
const tag =
  /^(?:(INSERT \d+ \d+|(?:UPDATE|DELETE|MERGE) \d+)|(?:SELECT|COPY|FETCH|MOVE) \d+|(?!(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES)\b)[A-Z]+(?: [A-Z]+){0,4})$/;
const message = /^(?:psql:\S*\s+)?(ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|LOG|DEBUG\d?):\s+(.*)$/;
/** What belongs to a message, and how long a statement took. */
const aside =
  /^(?:(?:DETAIL|HINT|CONTEXT|QUERY|STATEMENT|LOCATION|SCHEMA NAME|TABLE NAME|CONSTRAINT NAME|COLUMN NAME|DATATYPE NAME):\s.*|LINE \d+:.*|\s*\^\s*|Time: [\d.]+ ms.*)$/;

export function readOutput(lines: readonly string[]): PsqlOutput {
  const endings: Ending[] = [];
  const unread: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const piece = readPiece(lines, at);
    if (piece?.ending) endings.push(piece.ending);
    if (piece === undefined && lines[at]!.trim() !== '') unread.push(lines[at]!);
    at += piece?.length ?? 1;
  }
  return { endings, unread };
}

/** A table, a message or the tag of a command. */
export interface Piece {
  /** In lines. */
  readonly length: number;
  /** Absent where it ends no statement. */
  readonly ending?: Ending;
}

/** What begins in this line; undefined where psql prints no such thing. */
export function readPiece(lines: readonly string[], at: number): Piece | undefined {
  const found = readTable(lines, at);
  if (found) return { length: found.length, ending: { kind: 'table', table: found.table } };
  const line = lines[at]!;
  const [, severity, said] = message.exec(line) ?? [];
  if (severity !== undefined) {
    let end = at + 1;
    while (end < lines.length && /^[ \t]+\S/.test(lines[end]!) && !readTable(lines, end)) end += 1; // it goes on
    const isError = /ERROR|FATAL|PANIC/.test(severity);
    return { length: end - at, ...(isError && { ending: { kind: 'error', message: said! } }) };
  }
  const [tagged, changes] = tag.exec(line.trimEnd()) ?? [];
  if (tagged !== undefined) return { length: 1, ending: { kind: 'tag', changesRows: changes !== undefined } };
  return aside.test(line) ? { length: asideLength(lines, at) } : undefined;
}

/** A row in a DETAIL may have values of several lines: it ends with its parenthesis. */
function asideLength(lines: readonly string[], at: number): number {
  if (!lines[at]!.startsWith('DETAIL:')) return 1;
  let depth = 0;
  for (const [i, line] of lines.slice(at, at + mostLines).entries()) {
    for (const [mark] of line.matchAll(/[()]/g)) depth += mark === '(' ? 1 : -1;
    if (depth <= 0) return i + 1;
  }
  return 1;
}

const mostLines = 50;

/** As many endings as statements: after the rows of RETURNING psql prints a tag, too. Undefined where they cannot be told apart. */
export function endingsOf(endings: readonly Ending[], statements: number): readonly Ending[] | undefined {
  if (endings.length === statements) return endings;
  const withoutTags = endings.filter((ending, i) => {
    const isReturned = ending.kind === 'tag' && ending.changesRows && endings[i - 1]?.kind === 'table';
    return !isReturned;
  });
  return withoutTags.length === statements ? withoutTags : undefined;
}
