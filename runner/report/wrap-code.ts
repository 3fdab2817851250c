// Lines of code that are longer than the screen, broken at blanks.
import { widthOf } from '../lesson/cell.ts';

/** What a broken line goes on with. */
const hang = '    ';

/** Each line at most so many columns wide, where its words allow; the lines after a break stand further in. */
export function wrapCode(code: string, width: number): string {
  return code
    .split('\n')
    .flatMap((line) => wrapLine(line, width))
    .join('\n');
}

/** With the blanks after it; what stands in quotes stays whole. */
const wordOfCode = /(?:'[^']*'|"[^"]*"|\S)+\s*/g;

function wrapLine(line: string, width: number): readonly string[] {
  if (widthOf(line) <= width) return [line];
  const [indent = ''] = /^\s*/.exec(line) ?? [];
  const lines: string[] = [];
  let current = indent;
  for (const [word] of line.trim().matchAll(wordOfCode)) {
    if (current.trim() !== '' && widthOf(current + word.trimEnd()) > width) {
      lines.push(current.trimEnd());
      current = indent + hang;
    }
    current += word;
  }
  return [...lines, current];
}
