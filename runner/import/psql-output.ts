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

const tag =
  /^(?:(INSERT \d+ \d+|(?:UPDATE|DELETE|MERGE) \d+)|(?:SELECT|COPY|FETCH|MOVE) \d+|[A-Z]+(?: [A-Z]+){0,4})$/;
const message = /^(?:psql:\S*\s+)?(ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|LOG|DEBUG\d?):\s+(.*)$/;
/** What belongs to a message, and how long a statement took. */
const aside =
  /^(?:(?:DETAIL|HINT|CONTEXT|QUERY|STATEMENT|LOCATION|SCHEMA NAME|TABLE NAME|CONSTRAINT NAME|COLUMN NAME|DATATYPE NAME):\s.*|LINE \d+:.*|\s*\^\s*|Time: [\d.]+ ms.*)$/;

export function readOutput(lines: readonly string[]): PsqlOutput {
  const endings: Ending[] = [];
  const unread: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    const found = readTable(lines, at);
    if (found) {
      endings.push({ kind: 'table', table: found.table });
      at += found.length;
      continue;
    }
    at += 1;
    const [, severity, said] = message.exec(line) ?? [];
    const [tagged, changes] = tag.exec(line.trimEnd()) ?? [];
    if (severity !== undefined) {
      if (/ERROR|FATAL|PANIC/.test(severity)) endings.push({ kind: 'error', message: said! });
      while (at < lines.length && /^[ \t]+\S/.test(lines[at]!) && !readTable(lines, at)) at += 1; // it goes on
    } else if (tagged !== undefined) endings.push({ kind: 'tag', changesRows: changes !== undefined });
    else if (line.trim() !== '' && !aside.test(line)) unread.push(line);
  }
  return { endings, unread };
}

/** As many endings as statements: after the rows of RETURNING psql prints a tag, too. Undefined where they cannot be told apart. */
export function endingsOf(endings: readonly Ending[], statements: number): readonly Ending[] | undefined {
  if (endings.length === statements) return endings;
  const withoutTags = endings.filter((ending, i) => {
    const isReturned = ending.kind === 'tag' && ending.changesRows && endings[i - 1]?.kind === 'table';
    return !isReturned;
  });
  return withoutTags.length === statements ? withoutTags : undefined;
}
