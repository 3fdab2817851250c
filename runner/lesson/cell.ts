// One cell of a result: how it is shown, how it is written in a lesson, and how wide it is.
import { eastAsianWidth } from 'get-east-asian-width';

// Also the marks that turn the direction of text: they can make a terminal show another text than it holds.
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const SHORT: ReadonlyMap<string, string> = new Map([
  ['\t', '\\t'],
  ['\r', '\\r'],
]);

/** Text that is safe on a terminal: control characters as `\x1B`, newlines kept. NULL is blank. */
export function showCell(value: string | null): string {
  return (value ?? '').replace(UNSAFE, showControl);
}

function showControl(character: string): string {
  if (character === '\n') return character;
  const code = character.charCodeAt(0);
  const hex = code.toString(16).toUpperCase();
  return SHORT.get(character) ?? (code > 0xff ? `\\u${hex.padStart(4, '0')}` : `\\x${hex.padStart(2, '0')}`);
}

/** A column's name in one line, safe on a terminal. */
export function showName(name: string): string {
  return showCell(name).replaceAll('\n', '\\n');
}

/** What is compared: the shown text without outer blanks; the end of each line does not count, as nobody sees it. */
export function comparable(value: string | null): string {
  if (value === null) return '';
  const shown = showCell(value);
  return (shown.includes('\n') ? shown.replace(/[^\S\n]+$/gm, '') : shown).trim();
}

const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/**
 * How many columns of a terminal a line takes: East Asian characters and emoji two, combining marks none. It is counted
 * as psql does, character by character, for what psql has printed is read by it.
 */
export function widthOf(line: string): number {
  if (/^[ -~]*$/.test(line)) return line.length;
  let width = 0;
  for (const character of line) {
    if (!ZERO_WIDTH.test(character)) width += eastAsianWidth(character.codePointAt(0)!);
  }
  return width;
}
