// SQL that names captured values, for PostgreSQL's parser: something stands in the place of each that can stand there.
import { replaceReferences } from './captures.ts';
import type { SqlParser } from './sql.ts';

/** @param names What the lesson captures. Lines stay what they are. */
export function withCaptures(parser: SqlParser, names: readonly string[]): SqlParser {
  if (names.length === 0) return parser;
  const fill = (text: string): string => {
    const [asName, asNumber] = [fillWith(text, names, '_'), fillWith(text, names, '1')];
    const isNumber =
      parser.findSyntaxError(asName) !== undefined && parser.findSyntaxError(asNumber) === undefined;
    return isNumber ? asNumber : asName;
  };
  return {
    split: (text, start) => parser.split(fill(text), start),
    findSyntaxError: (text) => parser.findSyntaxError(fill(text)),
    normalize: (text) => parser.normalize(fill(text)),
    findUnorderedLimits: (text) => parser.findUnorderedLimits(fill(text)),
    findCounter: (text) => parser.findCounter(fill(text)),
  };
}

/** Two names stay two, also where a number must stand: `varchar(:n)`. */
function fillWith(text: string, names: readonly string[], start: '_' | '1'): string {
  return replaceReferences(text, ({ name, form }) => {
    const at = names.indexOf(name);
    if (at === -1) return undefined;
    switch (form) {
      case 'plain':
        return start === '_' ? `_${name}` : `1${at}`;
      case 'literal':
        return `':${name}'`;
      case 'identifier':
        return `":${name}"`;
    }
  });
}
