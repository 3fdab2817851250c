// Boxes, and what joins them. A drawing is lines that take the same number of columns.
import { stripVTControlCharacters } from 'node:util';
import { widthOf } from '../lesson/cell.ts';
import type { Style } from '../report/style.ts';

export type Drawing = readonly string[];

export interface Box {
  /** Styled, as all that follows. */
  readonly title: string;
  /** At the right end of the title. */
  readonly note: string;
  readonly lines: readonly string[];
  readonly width: number;
  readonly border: (text: string) => string;
  /** Whether it hangs on something. */
  readonly isHung: boolean;
  /** The columns at which others hang on it. */
  readonly joints: readonly number[];
}

/** What the border and a blank at each side take. */
export const boxFrame = 4;

export function drawBox({ title, note, lines, width, border, isHung, joints }: Box): Drawing {
  const end = widthOfStyled(note) === 0 ? '' : ` ${note} `;
  const rule = '─'.repeat(Math.max(0, width - widthOfStyled(title) - widthOfStyled(end) - 6));
  const bottom = Array.from({ length: width - 2 }, (_, i) => (joints.includes(i + 1) ? '┬' : '─'));
  const content = lines.length === 0 ? [''] : lines;
  return [
    `${border('╭─')} ${title} ${border(`─${rule}`)}${end}${border('╮')}`,
    ...content.map((line, i) => {
      const left = border(isHung && i === 0 ? '┤' : '│');
      return `${left} ${pad(line, width - boxFrame)} ${border('│')}`;
    }),
    border(`╰${bottom.join('')}╯`),
  ];
}

/** Where a joint is, and how far right of it what hangs there begins. */
export const jointAt = 1;
export const hangIndent = 3;

/** One below the other, each hung on a line that comes from above. */
export function hang(drawings: readonly Drawing[], style: Style): Drawing {
  return drawings.flatMap((lines, at) => {
    const isLast = at === drawings.length - 1;
    return lines.map((line, i) => {
      const trunk = i === 1 ? (isLast ? ' ╰─' : ' ├─') : isLast && i > 1 ? '   ' : ' │ ';
      return style('dim', trunk) + line;
    });
  });
}

export function beside(drawings: readonly Drawing[], gap: number): Drawing {
  const widths = drawings.map(([first = '']) => widthOfStyled(first));
  const height = Math.max(0, ...drawings.map((lines) => lines.length));
  return Array.from({ length: height }, (_, i) =>
    drawings
      .map((lines, at) => pad(lines[i] ?? '', widths[at]!))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

export const widthOfStyled = (line: string): number => widthOf(stripVTControlCharacters(line));

export function pad(line: string, width: number): string {
  return line + ' '.repeat(Math.max(0, width - widthOfStyled(line)));
}

/** Two texts at both ends of a line. */
export function justify(left: string, right: string, width: number): string {
  return pad(left, width - widthOfStyled(right)) + right;
}

/** Plain text, cut where it is too long. */
export function clip(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (widthOf(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
