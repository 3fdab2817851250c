// SQL to statements, with PostgreSQL's own parser as WASM: splitting, and syntax errors without a server.
import { UserError } from '../errors.ts';
import { blankComments } from './blank-comments.ts';
import { type SqlStatement, splitPlainSql } from './plain-sql.ts';
import type { Place } from './types.ts';

export interface SqlParser {
  /**
   * The statements of a text; where it does not parse, it is split as far as its words can be told apart.
   * Throws a UserError for psql's commands and COPY FROM STDIN; `start` is the place of the text's first line.
   */
  split(text: string, start?: Place): readonly SqlStatement[];
  /** The first syntax error, its line counted from 0; undefined where the text parses. */
  findSyntaxError(text: string): SyntaxProblem | undefined;
  /** What the statements mean: equal for texts that differ only in comments, blanks and spelling; undefined where it does not parse. */
  normalize(text: string): readonly string[] | undefined;
  /** The lines, from 0, of queries with LIMIT and without ORDER BY. */
  findUnorderedLimits(text: string): readonly number[];
  /** Where an INSERT puts `$1`; undefined where the text is no such INSERT, or does not name its columns. */
  findCounter(text: string): Counter | undefined;
}

/** What a background block must be. */
export const counterForm =
  'a background block is one INSERT that names its columns and has $1 among its VALUES';

export interface Counter {
  /** As the statement names it, quoted where it must be. */
  readonly table: string;
  readonly column: string;
}

export interface SyntaxProblem {
  readonly line: number;
  readonly message: string;
}

type PgQuery = typeof import('libpg-query');
type Tree = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** As `SqlParser.split`, but loads the parser (60 ms) only for texts that need it. */
export async function splitSql(text: string, start?: Place): Promise<readonly SqlStatement[]> {
  return splitPlainSql(text) ?? (await loadSqlParser()).split(text, start);
}

export async function loadSqlParser(): Promise<SqlParser> {
  const pg = await import('libpg-query');
  await pg.loadModule();
  return {
    split: (text, start) => split(pg, text, start),
    findSyntaxError: (text) => findSyntaxError(pg, text),
    normalize: (text) => normalize(pg, text),
    findUnorderedLimits: (text) => findUnorderedLimits(pg, text),
    findCounter: (text) => findCounter(pg, text),
  };
}

interface Piece {
  readonly bytes: Buffer;
  readonly from: number;
  readonly tree: Tree | undefined;
}

function split(pg: PgQuery, text: string, start: Place | undefined): readonly SqlStatement[] {
  const refuse = (line: number, message: string): never => {
    throw new UserError(message, {
      code: 'lesson',
      ...(start === undefined ? {} : { place: { file: start.file, line: start.line + line } }),
    });
  };
  if (text.includes('\0')) refuse(lineAt(text, text.indexOf('\0')), 'SQL cannot hold a NUL character');
  const bytes = Buffer.from(text);
  const parsed = parse(pg, text);
  const pieces = 'error' in parsed ? scanPieces(pg, bytes, refuse) : parsed.pieces;
  let line = 0;
  let counted = 0;
  return pieces.map(({ from, bytes: piece, tree }) => {
    for (; counted < from; counted++) if (bytes[counted] === 0x0a) line++;
    if (isCopyFromStdin(tree)) {
      refuse(line, 'COPY … FROM STDIN has no data to read here; use INSERT, or psql in a bash block');
    }
    return { text: piece.toString().trimEnd(), line, ordered: isOrdered(tree) };
  });
}

type Parsed = { readonly pieces: readonly Piece[] } | { readonly error: SyntaxProblem };

/** The last text: it is split, looked at for errors and compared, one after the other. */
let last: { readonly text: string; readonly parsed: Parsed } | undefined;

function parse(pg: PgQuery, text: string): Parsed {
  if (last?.text !== text) last = { text, parsed: parseAnew(pg, text) };
  return last.parsed;
}

function parseAnew(pg: PgQuery, text: string): Parsed {
  if (text === '') return { pieces: [] };
  const bytes = Buffer.from(text);
  const blanked = blankComments(text);
  try {
    const { stmts = [] } = pg.parseSync(blanked);
    return {
      pieces: stmts.map(({ stmt, stmt_location: from = 0, stmt_len: length }) => ({
        bytes: bytes.subarray(from, length ? from + length : bytes.length),
        from,
        tree: stmt as Tree | undefined,
      })),
    };
  } catch (error) {
    if (error instanceof RangeError) return { error: { line: 0, message: TOO_DEEP } };
    if (!pg.hasSqlDetails(error)) throw error;
    // This position, unlike all others, counts characters.
    const position = error.sqlDetails?.cursorPosition ?? 0;
    const before = [...blanked].slice(0, position).join('');
    return { error: { line: lineAt(before, before.length), message: error.message } };
  }
}

/** The parser calls itself for each level of an expression. */
const TOO_DEEP =
  'the statement has too many levels for the parser, such as thousands of operators in one expression';

function findSyntaxError(pg: PgQuery, text: string): SyntaxProblem | undefined {
  const parsed = parse(pg, text);
  if (!('error' in parsed)) return undefined;
  const { error } = parsed;
  if (error.message !== TOO_DEEP) return error;
  // Which statement it is shows only when each is parsed alone.
  const bytes = Buffer.from(text);
  const deep = scanPieces(pg, bytes, () => {}).find(({ tree }) => tree === undefined);
  return { ...error, line: lineAt(bytes.subarray(0, deep?.from ?? 0).toString()) };
}

function normalize(pg: PgQuery, text: string): readonly string[] | undefined {
  const parsed = parse(pg, text);
  if ('error' in parsed) return undefined;
  return parsed.pieces.map(({ tree }) => JSON.stringify(tree, withoutPlaces));
}

/** Where in the text each part of a parse tree stands. */
function withoutPlaces(key: string, value: unknown): unknown {
  return typeof value === 'number' && /location$|^list_(start|end)$/.test(key) ? undefined : value;
}

/** Splits a text that does not parse at the semicolons outside of parentheses and of BEGIN ATOMIC. */
function scanPieces(pg: PgQuery, bytes: Buffer, refuse: (line: number, message: string) => void): Piece[] {
  const tokens = scan(pg, bytes.toString());
  const pieces: Piece[] = [];
  let from: number | undefined;
  let parentheses = 0;
  let bodies = 0;
  let last = '';
  const cut = (to: number) => {
    if (from === undefined) return;
    const piece = bytes.subarray(from, to);
    const parsed = parse(pg, piece.toString());
    pieces.push({ bytes: piece, from, tree: 'error' in parsed ? undefined : parsed.pieces[0]?.tree });
    from = undefined;
  };
  for (const { start, text } of tokens) {
    const word = text.toLowerCase();
    // Where the rest cannot be scanned, the token is all of the text.
    if (word.startsWith('\\')) {
      const [command] = /^\S*/.exec(bytes.subarray(start).toString())!;
      refuse(lineAt(bytes.subarray(0, start).toString()), `"${command}" is a command of psql, not SQL`);
    }
    if (word === '(') parentheses++;
    else if (word === ')') parentheses = Math.max(0, parentheses - 1);
    else if (word === 'atomic' && last === 'begin') bodies = 1;
    else if (word === 'case' && bodies > 0) bodies++;
    else if (word === 'end' && bodies > 0) bodies--;
    if (word === ';' && parentheses === 0 && bodies === 0) cut(start);
    else from ??= start;
    last = word;
  }
  cut(bytes.length);
  return pieces;
}

interface Token {
  readonly start: number;
  readonly text: string;
}

/** Words without comments; where a quotation does not end, all from the first character is one. */
function scan(pg: PgQuery, text: string): readonly Token[] {
  try {
    return pg.scanSync(blankComments(text)).tokens.filter(({ tokenName }) => !tokenName.endsWith('COMMENT'));
  } catch {
    const first = text.search(/\S/);
    return first === -1 ? [] : [{ start: Buffer.byteLength(text.slice(0, first)), text }];
  }
}

function isOrdered(tree: Tree | undefined): boolean {
  if (tree === undefined) return false;
  if ('ExplainStmt' in tree || 'VariableShowStmt' in tree) return true;
  return tree.SelectStmt?.sortClause !== undefined;
}

function findUnorderedLimits(pg: PgQuery, text: string): readonly number[] {
  const parsed = parse(pg, text);
  if ('error' in parsed) return [];
  return parsed.pieces.flatMap(({ tree, from, bytes }) => {
    const query = tree?.SelectStmt;
    if (query?.limitCount === undefined || query.sortClause !== undefined) return [];
    const [blank = ''] = /^\s*/.exec(bytes.toString())!;
    return [lineAt(Buffer.from(text).subarray(0, from).toString() + blank)];
  });
}

function isCopyFromStdin(tree: Tree | undefined): boolean {
  const copy = tree?.CopyStmt;
  return copy !== undefined && copy.is_from === true && copy.filename === undefined;
}

/** The parse tree of `INSERT INTO t (…, n, …) VALUES (…, $1, …)`, as far as it matters here. */
interface InsertTree {
  readonly relation: { readonly schemaname?: string; readonly relname: string };
  readonly cols?: readonly { readonly ResTarget: { readonly name: string } }[];
  readonly selectStmt?: {
    readonly SelectStmt: {
      readonly valuesLists?: readonly { readonly List: { readonly items: readonly Tree[] } }[];
    };
  };
}

function findCounter(pg: PgQuery, text: string): Counter | undefined {
  const parsed = parse(pg, text);
  if ('error' in parsed || parsed.pieces.length !== 1) return undefined;
  const insert = parsed.pieces[0]!.tree?.InsertStmt as InsertTree | undefined;
  const [row, ...more] = insert?.selectStmt?.SelectStmt.valuesLists ?? [];
  if (!insert || !row || more.length > 0) return undefined;
  const at = row.List.items.findIndex((item) => item.ParamRef?.number === 1);
  const column = insert.cols?.[at]?.ResTarget.name;
  if (column === undefined) return undefined;
  const { schemaname, relname } = insert.relation;
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
  return {
    table: [schemaname, relname]
      .filter((part) => part !== undefined)
      .map(quote)
      .join('.'),
    column,
  };
}

function lineAt(text: string, end = text.length): number {
  return text.slice(0, end).split('\n').length - 1;
}
