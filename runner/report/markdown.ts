// Prose for a terminal: wrapped paragraphs, lists, tables and fences from markdown-it's tokens.
import { stripVTControlCharacters } from 'node:util';
import createMarkdown, { type MarkdownIt, type Token } from 'markdown-it/browser';
import { widthOf } from '../lesson/cell.ts';
import { formatTable } from '../lesson/table.ts';
import { plain, type Style } from './style.ts';

export interface MarkdownOptions {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly width: number;
  /** Nothing is drawn, and no line is broken. */
  readonly plain?: boolean;
  /** The terminal makes links of what OSC 8 says: the address is not written out. */
  readonly hyperlinks?: boolean;
}

/** Longer lines are hard to read. */
const widest = 100;

let parser: MarkdownIt | undefined;

/** Plain or coloured text, each line at most `width` wide where its words allow. */
export function renderMarkdown(markdown: string, options: MarkdownOptions): string {
  const { style, plain: isPlain = false } = options;
  const width = isPlain ? Number.POSITIVE_INFINITY : Math.min(options.width, widest);
  parser ??= createMarkdown();
  const tokens = parser.parse(markdown, {});
  const lines: string[] = [];
  const prefixes: string[] = [];
  /** The bullet or number that the next paragraph of a list starts with. */
  let marker = '';
  const numbers: (number | undefined)[] = [];
  let table: string[][] | undefined;

  const separate = () => {
    if (lines.length > 0 && lines.at(-1) !== '' && marker === '' && numbers.length === 0) lines.push('');
  };
  const push = (texts: readonly string[]) => {
    for (const [index, text] of texts.entries()) {
      const indent = prefixes.join('');
      const first = index === 0 && marker !== '';
      lines.push((first ? indent.slice(0, -marker.length) + marker : indent) + text);
    }
    marker = '';
  };

  for (const token of tokens) {
    switch (token.type) {
      case 'bullet_list_open':
      case 'ordered_list_open':
        separate();
        numbers.push(token.type === 'ordered_list_open' ? Number(token.attrGet('start') ?? 1) : undefined);
        break;
      case 'bullet_list_close':
      case 'ordered_list_close':
        numbers.pop();
        break;
      case 'list_item_open': {
        const number = numbers.pop();
        marker = number === undefined ? (isPlain ? '- ' : '• ') : `${number}. `;
        numbers.push(number === undefined ? undefined : number + 1);
        prefixes.push(' '.repeat(marker.length));
        break;
      }
      case 'list_item_close':
        prefixes.pop();
        marker = '';
        break;
      case 'blockquote_open':
        separate();
        prefixes.push(isPlain ? '> ' : style('dim', '│ '));
        break;
      case 'blockquote_close':
        prefixes.pop();
        break;
      case 'table_open':
        table = [];
        break;
      case 'tr_open':
        table?.push([]);
        break;
      case 'table_close':
        separate();
        push(tableLines(table ?? [], width));
        table = undefined;
        break;
      case 'inline':
        if (table !== undefined) {
          table.at(-1)?.push(wrap(pieces(token, plain), Number.POSITIVE_INFINITY).join(' '));
          break;
        }
        separate();
        push(
          wrap(
            pieces(token, style, options.hyperlinks),
            width - widthOf(stripVTControlCharacters(prefixes.join(''))),
          ),
        );
        break;
      case 'fence':
      case 'code_block':
        separate();
        push(
          token.content
            .trimEnd()
            .split('\n')
            .map((line) => `  ${style('dim', line)}`),
        );
        break;
      case 'hr':
        separate();
        push([isPlain ? '---' : style('dim', '─'.repeat(Math.min(width, 40)))]);
        break;
    }
  }
  return lines.join('\n');
}

/** As psql shows a result; where that is wider than the screen, a line for each cell. */
function tableLines([head = [], ...rows]: readonly (readonly string[])[], width: number): readonly string[] {
  // The last line counts rows, which prose does not.
  const lines = formatTable(head, rows).split('\n').slice(0, -1);
  if (lines.every((line) => widthOf(line) <= width)) return lines;
  return rows.flatMap((row, at) => [
    ...(at === 0 ? [] : ['']),
    ...row.flatMap((cell, i) => {
      const lines = wrapText(`${head[i]}: ${cell}`, width - 2).split('\n');
      return lines.map((line, n) => (n === 0 ? line : `  ${line}`));
    }),
  ]);
}

/** Text that is no markdown, each line of it broken where it is longer than the screen. */
export function wrapText(text: string, width: number): string {
  const lines = text.split('\n').flatMap((line) =>
    wrap(
      line.split(' ').map((word, n) => ({ text: word, width: widthOf(word), isApart: n > 0 })),
      width,
    ),
  );
  return lines.join('\n');
}

/** What no line breaks: a word, or a character of a script without blanks, with the marks around it. */
interface Piece {
  readonly text: string;
  readonly width: number;
  /** Whether a blank stands before it. */
  readonly isApart: boolean;
}

/** Lines of Chinese and Japanese break anywhere, but not after an opening and before a closing mark. */
const BREAK =
  /(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])(?![\p{Pe}\p{Pf}\p{Po}ー])|(?<![\p{Ps}\p{Pi}])(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/u;

const lineBreak: Piece = { text: '\n', width: 0, isApart: false };

/** The pieces of a paragraph, each styled by itself so that lines can break anywhere. */
function pieces(inline: Token, style: Style, hyperlinks = false): Piece[] {
  const formats: ('bold' | 'italic' | 'underline' | 'cyan')[] = [];
  const result: Piece[] = [];
  let glue = false;
  let target = '';
  const add = (text: string) => {
    for (const word of text.split(/(\s+)/)) {
      if (word.trim() === '') {
        if (word !== '') glue = false;
        continue;
      }
      for (const [index, part] of word.split(BREAK).entries()) {
        const text = formats.length === 0 ? part : style(formats, part);
        const styled = hyperlinks && target !== '' ? hyperlink(text, target) : text;
        const before = glue ? result.pop() : undefined;
        result.push({
          text: (before?.text ?? '') + styled,
          width: (before?.width ?? 0) + widthOf(part),
          isApart: before?.isApart ?? index === 0,
        });
        glue = false;
      }
      glue = true;
    }
  };
  for (const token of inline.children ?? []) {
    switch (token.type) {
      case 'text':
        add(token.content);
        break;
      case 'code_inline':
        formats.push('cyan');
        add(token.content);
        formats.pop();
        break;
      case 'strong_open':
        formats.push('bold');
        break;
      case 'em_open':
        formats.push('italic');
        break;
      case 'link_open':
        target = String(token.attrGet('href') ?? '');
        if (!isAddress(target)) target = '';
        formats.push('underline');
        break;
      case 'link_close':
        formats.pop();
        if (isAddress(target) && !hyperlinks) add(` (${target})`);
        target = '';
        break;
      case 'strong_close':
      case 'em_close':
        formats.pop();
        break;
      case 'softbreak':
        glue = false;
        break;
      case 'hardbreak':
        glue = false;
        result.push(lineBreak);
        break;
    }
  }
  return result;
}

const isAddress = (target: string): boolean => /^https?:/.test(target);

/** A sequence that takes no room; markdown-it has encoded what could end it. */
const hyperlink = (text: string, target: string): string =>
  `\u001b]8;;${target}\u001b\\${text}\u001b]8;;\u001b\\`;

function wrap(all: readonly Piece[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let length = 0;
  for (const piece of all) {
    const blanks = piece.isApart ? 1 : 0;
    if (piece === lineBreak || (length > 0 && length + blanks + piece.width > width)) {
      lines.push(line);
      line = '';
      length = 0;
      if (piece === lineBreak) continue;
    }
    if (length > 0) {
      line += ' '.repeat(blanks);
      length += blanks;
    }
    line += piece.text;
    length += piece.width;
  }
  return [...lines, line];
}
