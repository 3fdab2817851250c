// Typed lines to statements and backslash commands, a line at a time, with the rules of psql's lexer: a statement ends at a
// semicolon outside of quotes, comments, parentheses and BEGIN ATOMIC. Unlike `splitSql`, it knows what is not complete yet.

export type Input =
  /** With its semicolon, and with the comments before it. */
  | { readonly kind: 'statement'; readonly text: string }
  /** `\dt t*;` is `dt` with the argument `t*`. */
  | { readonly kind: 'command'; readonly name: string; readonly argument: string };

/** A statement that has not ended, and where in it the next line begins. */
export interface Unfinished {
  readonly text: string;
  /** Whether there is more than comments in it. */
  readonly hasWords: boolean;
  /** The quotation or comment that is open: `'`, `e'`, `"`, `/*`, or a dollar quote such as `$body$`. */
  readonly open: string | undefined;
  readonly commentDepth: number;
  readonly parentheses: number;
  /** How many BEGIN and CASE of a routine's body are open. */
  readonly bodies: number;
  readonly firstWords: readonly string[];
}

export const nothingTyped: Unfinished = {
  text: '',
  hasWords: false,
  open: undefined,
  commentDepth: 0,
  parentheses: 0,
  bodies: 0,
  firstWords: [],
};

/** What psql shows before `>`: `=` at the beginning of a statement, else what is open. */
export function promptMark({ hasWords, open, parentheses }: Unfinished): string {
  if (open !== undefined) return open === '/*' ? '*' : open.startsWith('$') ? '$' : open.slice(-1);
  if (parentheses > 0) return '(';
  return hasWords ? '-' : '=';
}

/** The statement at the end of a text, without a semicolon. */
export function lastStatement({ text, hasWords }: Unfinished): Input | undefined {
  return hasWords ? { kind: 'statement', text: text.trimEnd() } : undefined;
}

const IDENTIFIER = '[A-Za-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*';
const TOKEN = new RegExp(
  [
    '(?<blank>\\s+)',
    '(?<comment>--[^\\n]*)',
    `(?<open>[eE]'|['"]|/\\*|\\$(?:[A-Za-z_\\u0080-\\uffff][\\w\\u0080-\\uffff]*)?\\$)`,
    `(?<word>${IDENTIFIER})`,
    '(?<number>\\d[\\w$]*)',
    '(?<command>\\\\(?<name>[A-Za-z]+\\+?|[^\\s\\w]?)(?<argument>[^\\n]*))',
    '(?<mark>[\\s\\S])',
  ].join('|'),
  'y',
);

/** @param line Without its newline. */
export function addLine(
  before: Unfinished,
  line: string,
): { readonly inputs: readonly Input[]; readonly rest: Unfinished } {
  const typed = `${line}\n`;
  const inputs: Input[] = [];
  let rest = before;
  let at = 0;
  const add = (text: string, change: Partial<Unfinished> = {}) => {
    rest = { ...rest, ...change, text: rest.text + text };
    at += text.length;
  };

  while (at < typed.length) {
    if (rest.open !== undefined) {
      const { length, ...change } = readOpen(rest.open, rest.commentDepth, typed, at);
      add(typed.slice(at, at + length), change);
      continue;
    }
    TOKEN.lastIndex = at;
    const { 0: token, groups = {} } = TOKEN.exec(typed)!;
    if (groups.blank !== undefined) {
      if (rest.text === '') at += token.length;
      else add(token);
    } else if (groups.comment !== undefined) add(token);
    else if (groups.open !== undefined) {
      const isComment = token === '/*';
      add(token, { open: token.toLowerCase().startsWith("e'") ? "e'" : token });
      rest = isComment ? { ...rest, commentDepth: 1 } : { ...rest, hasWords: true };
    } else if (groups.command !== undefined) {
      inputs.push({
        kind: 'command',
        name: groups.name ?? '',
        argument: trimArgument(groups.argument ?? ''),
      });
      at += token.length;
    } else if (token === ';' && rest.parentheses === 0 && rest.bodies === 0) {
      if (rest.hasWords) inputs.push({ kind: 'statement', text: `${rest.text};` });
      rest = nothingTyped;
      at += 1;
    } else add(token, { ...nesting(rest, token), hasWords: true });
  }
  return { inputs, rest };
}

export function trimArgument(text: string): string {
  return text.replace(/[\s;]+$/, '').trimStart();
}

/** How far an open quotation or comment goes on in this line, and what is open then. */
function readOpen(open: string, commentDepth: number, typed: string, at: number) {
  if (open === '/*') {
    const edge = /\/\*|\*\//g;
    edge.lastIndex = at;
    let depth = commentDepth;
    for (let found = edge.exec(typed); found !== null; found = edge.exec(typed)) {
      depth += found[0] === '/*' ? 1 : -1;
      if (depth === 0) return { length: edge.lastIndex - at, open: undefined, commentDepth: 0 };
    }
    return { length: typed.length - at, commentDepth: depth };
  }
  if (open === "e'") {
    const string = /(?:[^'\\]|\\[\s\S])*'/y;
    string.lastIndex = at;
    const found = string.exec(typed);
    return found === null ? { length: typed.length - at } : { length: found[0].length, open: undefined };
  }
  const end = typed.indexOf(open, at);
  return end === -1 ? { length: typed.length - at } : { length: end + open.length - at, open: undefined };
}

/** Parentheses, and what `BEGIN ATOMIC … END` holds: its semicolons end no statement. */
function nesting({ parentheses, bodies, firstWords }: Unfinished, token: string): Partial<Unfinished> {
  if (token === '(') return { parentheses: parentheses + 1 };
  if (token === ')') return { parentheses: Math.max(0, parentheses - 1) };
  if (!/^\w/.test(token)) return {};
  const word = token.toLowerCase();
  if (firstWords.length < 4) return { firstWords: [...firstWords, word] };
  if (parentheses > 0 || !/^create (or replace )?(function|procedure)\b/.test(firstWords.join(' ')))
    return {};
  if (word === 'begin' || (word === 'case' && bodies > 0)) return { bodies: bodies + 1 };
  if (word === 'end' && bodies > 0) return { bodies: bodies - 1 };
  return {};
}
