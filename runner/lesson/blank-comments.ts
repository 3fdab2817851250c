// Block comments as blanks, for PostgreSQL's lexer: it reads all of `/*/*/*` again at each `/*`, which takes it seconds.

/** What may hold the start of a comment without being one, up to its end or that of the text; and that start. */
export const quotationOrComment =
  /(?<![\w$\u0080-\uffff])e'[^'\\]*(?:(?:\\.|'')[^'\\]*)*(?:'|$)|'[^']*(?:'|$)|"[^"]*(?:"|$)|(?<![\w$\u0080-\uffff])\$((?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$.*?(?:\$\1\$|$)|--[^\n\r]*|\/\*/is;
const PART = new RegExp(quotationOrComment, 'gis');
const EDGE = /\/\*|\*\//g;

/** The text with a blank for each byte inside of its block comments; line ends stay. */
export function blankComments(text: string): string {
  if (!text.includes('/*')) return text;
  let result = '';
  let done = 0;
  PART.lastIndex = 0;
  for (let part = PART.exec(text); part !== null; part = PART.exec(text)) {
    if (part[0] !== '/*') continue;
    const end = afterComment(text, part.index);
    const inside = text.slice(part.index + 2, end === undefined ? undefined : end - 2);
    result += `${text.slice(done, part.index)}/*${blank(inside)}${end === undefined ? '' : '*/'}`;
    done = end ?? text.length;
    PART.lastIndex = done;
  }
  return result + text.slice(done);
}

/** Where the comment ends that begins here: comments nest. Undefined where it does not end. */
export function afterComment(text: string, start: number): number | undefined {
  let depth = 0;
  EDGE.lastIndex = start;
  for (let edge = EDGE.exec(text); edge !== null; edge = EDGE.exec(text)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return EDGE.lastIndex;
  }
  return undefined;
}

function blank(comment: string): string {
  return comment.replace(/[^\n\r]/gu, (character) => ' '.repeat(Buffer.byteLength(character)));
}
