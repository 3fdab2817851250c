// Markdown to the landmarks that a lesson is made of: headings and fences, with their lines. All else is prose.
// Only markdown-it's block parser runs, from the one-file build: it loads in a third of the time.
import MarkdownIt, { type Env, type Token } from 'markdown-it/browser';

export type Landmark = Heading | Fence;

export interface Heading {
  readonly kind: 'heading';
  readonly level: 1 | 2;
  /** As a reader sees it, without markup. */
  readonly text: string;
  readonly line: number;
  /** The first line after it. */
  readonly end: number;
}

export interface Fence {
  readonly kind: 'fence';
  readonly info: string;
  readonly text: string;
  /** The line of the opening fence; the text starts on the next. */
  readonly line: number;
  /** The first line after the closing fence. */
  readonly end: number;
  readonly isClosed: boolean;
  /** In a list or a quotation. */
  readonly isNested: boolean;
}

const markdown = new MarkdownIt({ html: true });
markdown.core.ruler.enableOnly(['normalize', 'block']);

/** The first and second level headings outside of lists and quotations, and all fences, in the order of the text. */
export function readLandmarks(lines: readonly string[]): Landmark[] {
  const env: Env = {};
  const tokens = markdown.parse(lines.join('\n'), env);
  const landmarks: Landmark[] = [];
  for (const [i, token] of tokens.entries()) {
    if (token.map === null) continue;
    const [start, after] = token.map;
    const line = start + 1;
    const end = after + 1;
    if (token.type === 'fence') {
      const isClosed = after - start > 1 && closes(lines[after - 1]!, token.markup);
      const text = token.content.endsWith('\n') ? token.content.slice(0, -1) : token.content;
      landmarks.push({
        kind: 'fence',
        info: token.info.trim(),
        text,
        isClosed,
        isNested: token.level > 0,
        line,
        end,
      });
    } else if (
      token.type === 'heading_open' &&
      token.level === 0 &&
      (token.tag === 'h1' || token.tag === 'h2')
    ) {
      const level = token.tag === 'h1' ? 1 : 2;
      landmarks.push({ kind: 'heading', level, text: plainText(tokens[i + 1]!.content, env), line, end });
    }
  }
  return landmarks;
}

/** Whether a line closes a fence that was opened with this markup, in a list or quotation too. */
function closes(line: string, markup: string): boolean {
  if (line === markup) return true;
  const rest = line.replace(/^[\s>]*/, '').trimEnd();
  return rest.length >= markup.length && rest === markup[0]!.repeat(rest.length);
}

function plainText(source: string, env: Env): string {
  const tokens: Token[] = [];
  markdown.inline.parse(source, markdown, env, tokens);
  return tokens.map(plainToken).join('').trim();
}

function plainToken({ type, content }: Token): string {
  if (type === 'softbreak' || type === 'hardbreak') return ' ';
  return type === 'html_inline' ? '' : content;
}
