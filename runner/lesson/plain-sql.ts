// Splits SQL that holds nothing but words, quotations and parentheses: most of what lessons run. That is known without
// PostgreSQL's parser, which takes longer to load than such a lesson to run. In any doubt the answer is undefined.
import type { SqlStatement } from './sql.ts';

// Comments, dollar quotes, backslashes (psql's commands, escapes in strings), bodies with semicolons, data for COPY.
const DOUBTFUL = /--|\/\*|[$\\]|\batomic\b|\bcopy\b/i;
const PART = /'[^']*'|"[^"]*"|[();]|[^'"();]+/gy;
const PLAIN = /^[\t\n\v\f\r -~]*$/;
const ORDER_BY = /(?<!\w|\.\s*)order[\t\n\v\f\r ]+by(?!\w)/i;

/** The statements of a plain text, just as PostgreSQL's parser splits it; undefined for any other text. */
export function splitPlainSql(text: string): readonly SqlStatement[] | undefined {
  if (DOUBTFUL.test(text)) return undefined;
  const found = pieces(text);
  if (found === undefined) return undefined;
  const statements: SqlStatement[] = [];
  let from = 0;
  let line = 0;
  for (const { end, outer } of found) {
    const piece = text.slice(from, end);
    const body = piece.trim();
    if (body !== '') {
      const ordered = isOrdered(outer.trim());
      if (ordered === undefined) return undefined;
      const lead = piece.length - piece.trimStart().length;
      statements.push({ text: body, line: line + countLines(piece.slice(0, lead)), ordered });
    }
    line += countLines(piece);
    from = end + 1;
  }
  return statements;
}

interface Piece {
  /** Where its semicolon stands, or the end of the text. */
  readonly end: number;
  /** What stands outside of parentheses and quotations. */
  readonly outer: string;
}

function pieces(text: string): Piece[] | undefined {
  const found: Piece[] = [];
  let outer = '';
  let depth = 0;
  let at = 0;
  for (const [part] of text.matchAll(PART)) {
    const isQuoted = part.startsWith("'") || part.startsWith('"');
    if (!isQuoted && !PLAIN.test(part)) return undefined;
    if (part === '(') depth++;
    else if (part === ')') depth--;
    else if (part === ';' && depth === 0) {
      found.push({ end: at, outer });
      outer = '';
    } else if (depth === 0) outer += isQuoted ? '""' : part;
    if (depth === 0 && part === ')') outer += '()';
    if (depth < 0) return undefined;
    at += part.length;
  }
  if (at < text.length || depth > 0) return undefined;
  return [...found, { end: at, outer }];
}

function isOrdered(outer: string): boolean | undefined {
  const [first = ''] = /^[a-z]*/i.exec(outer) ?? [];
  switch (first.toLowerCase()) {
    case 'explain':
    case 'show':
      return true;
    case 'select':
    case 'values':
    case 'table':
      return ORDER_BY.test(outer);
    case '':
      return undefined;
    // ORDER BY may belong to the query inside of an INSERT.
    default:
      return ORDER_BY.test(outer) ? undefined : false;
  }
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}
