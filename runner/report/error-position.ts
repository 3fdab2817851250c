// `LINE n: …` and a caret below the place of an error, as psql prints them.
import { showCell, widthOf } from '../lesson/cell.ts';

/** Two lines, at most `width` columns wide; none where the position is not in the text. `position` counts characters from 1. */
export function errorPosition(sql: string, position: number | undefined, width: number): readonly string[] {
  const characters = [...sql];
  // An error at the end of the input is one character behind it.
  if (position === undefined || position < 1 || position > characters.length + 1) return [];
  const before = characters.slice(0, position - 1).join('');
  const after = characters.slice(position - 1).join('');
  const lines = before.split('\n');
  const label = `LINE ${lines.length}: `;
  const left = shown(lines.at(-1) ?? '');
  const right = shown(after.split('\n')[0] ?? '');
  const window = cut(left, right, width - label.length);
  return [label + window.text, `${' '.repeat(label.length + window.caret)}^`];
}

/** A tab takes one column, as in psql. */
function shown(text: string): string {
  return showCell(text.replaceAll('\t', ' '));
}

const DOTS = '...';

/** A long line keeps what surrounds the caret, and most of what stands before it. */
function cut(left: string, right: string, width: number): { readonly text: string; readonly caret: number } {
  const caret = widthOf(left);
  if (caret + widthOf(right) <= width) return { text: left + right, caret };
  const room = Math.min(widthOf(right), Math.floor(width / 3));
  const kept = caret + room <= width ? left : DOTS + lastColumns(left, width - room - DOTS.length);
  const rest = width - widthOf(kept);
  const end = widthOf(right) <= rest ? right : firstColumns(right, rest - DOTS.length) + DOTS;
  return { text: kept + end, caret: widthOf(kept) };
}

function firstColumns(text: string, width: number): string {
  let kept = '';
  for (const character of text) {
    if (widthOf(kept + character) > width) break;
    kept += character;
  }
  return kept;
}

function lastColumns(text: string, width: number): string {
  let kept = '';
  for (const character of [...text].reverse()) {
    if (widthOf(character + kept) > width) break;
    kept = character + kept;
  }
  return kept;
}
