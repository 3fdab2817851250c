// What stands in a fence is exchanged; every other line of the text stays as it is, with its line end. Pure.

/** New lines for the fence that opens in this line, from 1. */
export interface Edit {
  readonly line: number;
  readonly lines: readonly string[];
}

interface Fence {
  readonly indent: string;
  /** Where its first line is among the lines of the text, and the one that closes it. */
  readonly from: number;
  readonly end: number;
  readonly isEnd: (line: string) => boolean;
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  const lines = split(text);
  const lineEnd = /\r\n?|\n/.exec(text)?.[0] ?? '\n';
  for (const edit of edits.toSorted((a, b) => b.line - a.line)) {
    const { indent, from, end } = fenceAt(lines, edit.line);
    const written = edit.lines.map((line) => `${line === '' ? '' : indent}${line}${lineEnd}`);
    lines.splice(from, end - from, ...written);
  }
  return lines.join('');
}

export function contentOf(text: string, line: number): readonly string[] {
  const lines = split(text);
  const { indent, from, end } = fenceAt(lines, line);
  const blanks = new RegExp(`^ {0,${indent.length}}`);
  return lines.slice(from, end).map((each) => withoutEnd(each).replace(blanks, ''));
}

/** Whether these lines can stand in the fence: none of them closes it. */
export function canHold(text: string, { line, lines }: Edit): boolean {
  const { isEnd } = fenceAt(split(text), line);
  return !lines.some(isEnd);
}

/** As the parser does, but with their ends. */
const split = (text: string): string[] => text.split(/(?<=\r\n|\n|\r(?!\n))/);

const withoutEnd = (line: string): string => line.replace(/[\r\n]+$/, '');

function fenceAt(lines: readonly string[], line: number): Fence {
  const [, indent, mark] = /^( *)(`+|~+)/.exec(lines[line - 1]!)!;
  const closing = new RegExp(`^ {0,3}${mark![0]}{${mark!.length},}[ \\t]*$`);
  const isEnd = (each: string) => closing.test(withoutEnd(each));
  const end = lines.findIndex((each, at) => at >= line && isEnd(each));
  return { indent: indent!, from: line, end, isEnd };
}
