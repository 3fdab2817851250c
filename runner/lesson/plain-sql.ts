// Splits SQL that holds nothing but words, quotations, parentheses and line comments: most of what lessons run. That needs
// no PostgreSQL parser, which takes longer to load than such a lesson to run. In any doubt the answer is undefined.

export interface SqlStatement {
  /** Without its semicolon, and without comments around it. */
  readonly text: string;
  /** The line of its first word, counted from 0 in the text that was split. */
  readonly line: number;
  /** Whether it says in which order its rows come: the outermost query has ORDER BY, or it is EXPLAIN or SHOW. */
  readonly ordered: boolean;
}

// Block comments nest; backslashes are psql's commands and escapes; bodies have semicolons; COPY may want data.
const DOUBTFUL = /\/\*|\\|\batomic\b|\bcopy\b/i;
const PART =
  /(?<quoted>'[^']*'|"[^"]*"|(?<![\w$])\$\$[^$]*\$\$)|(?<blank>--[^\n\r]*|[\t\n\v\f\r ]+)|[!#%&(-~]/gy;
const ORDER_BY = /(?<!\w|\.\s*)order +by(?!\w)/i;

/** The statements of a plain text, just as PostgreSQL's parser splits it; undefined for any other text. */
export function splitPlainSql(text: string): readonly SqlStatement[] | undefined {
  if (DOUBTFUL.test(text)) return undefined;
  const pieces = toPieces(text);
  if (pieces === undefined) return undefined;
  const statements: SqlStatement[] = [];
  let line = 0;
  let counted = 0;
  for (const { start, end, outer } of pieces) {
    const ordered = isOrdered(outer);
    if (ordered === undefined) return undefined;
    line += text.slice(counted, start).split('\n').length - 1;
    counted = start;
    statements.push({ text: text.slice(start, end).trimEnd(), line, ordered });
  }
  return statements;
}

interface Piece {
  readonly start: number;
  /** Where its semicolon stands, or the end of the text. */
  readonly end: number;
  /** What stands outside of parentheses and quotations, with one blank for several. */
  readonly outer: string;
}

function toPieces(text: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  let start: number | undefined;
  let outer = '';
  let depth = 0;
  let at = 0;
  const cut = () => {
    if (start !== undefined) pieces.push({ start, end: at, outer });
    start = undefined;
    outer = '';
  };
  for (const { 0: part, groups } of text.matchAll(PART)) {
    if (part === ';' && depth === 0) cut();
    else if (groups!.blank !== undefined) outer += outer.endsWith(' ') ? '' : ' ';
    else {
      start ??= at;
      if (part === ')') depth--;
      if (depth < 0) return undefined;
      if (depth === 0) outer += groups!.quoted === undefined ? part : '""';
      if (part === '(') depth++;
    }
    at += part.length;
  }
  if (at < text.length || depth > 0) return undefined;
  cut();
  return pieces;
}

function isOrdered(outer: string): boolean | undefined {
  const [first] = /^[a-z]*/i.exec(outer.trimStart())!;
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
