// The markdown of a cell as parts of a lesson: its headings begin steps, and its fences are shown, since nothing in it has run.
import { type Fence, type Heading, readLandmarks } from '../lesson/markdown.ts';
import { shownInfo } from './write-draft.ts';

export type Prose =
  | { readonly kind: 'heading'; readonly level: 1 | 2; readonly text: string }
  | { readonly kind: 'prose'; readonly markdown: string };

export function proseOf(markdown: string): readonly Prose[] {
  const lines = withoutOpenHtml(markdown).split('\n');
  closeFences(lines);
  const landmarks = readLandmarks(lines);
  for (const { info, line } of landmarks.filter(isFence)) {
    const [, opening, text] = openingFence.exec(lines[line - 1]!) ?? [];
    const [language] = /^[^\s{]*/.exec(info)!;
    if (text !== undefined && info !== '') lines[line - 1] = `${opening}${shownInfo(language)}`;
  }
  const parts: Prose[] = [];
  let from = 0;
  const addProse = (end: number) => {
    const text = lines
      .slice(from, end)
      .join('\n')
      .replace(/^(?:[ \t]*\n)+/, '')
      .trimEnd();
    if (text.trim() !== '') parts.push({ kind: 'prose', markdown: text });
  };
  for (const { level, text, line, end } of landmarks.filter(isHeading)) {
    addProse(line - 1);
    parts.push({ kind: 'heading', level, text });
    from = end - 1;
  }
  addProse(lines.length);
  return parts;
}

const isFence = (landmark: Fence | Heading): landmark is Fence => landmark.kind === 'fence';
const isHeading = (landmark: Fence | Heading): landmark is Heading => landmark.kind === 'heading';

/** Up to its last mark, and what stands behind that; in a list or a quotation, too. */
const openingFence = /^([\s>]*(?:(?:[-*+]|\d+[.)])[\s>]+)*(?:`{3,}|~{3,}))(.*)$/;

/** One that nothing closes would go on in the next cell: it becomes text. */
function closeFences(lines: string[]): void {
  for (let open = findOpen(lines); open !== undefined; open = findOpen(lines)) {
    lines[open.line - 1] = lines[open.line - 1]!.replace(/`{3,}|~{3,}/, '\\$&');
  }
}

const findOpen = (lines: readonly string[]): Fence | undefined =>
  readLandmarks(lines)
    .filter(isFence)
    .find(({ isClosed }) => !isClosed);

/** What begins HTML that a blank line does not end, and what does. */
const longHtml: readonly (readonly [begin: RegExp, end: string])[] = [
  [/<!--/, '-->'],
  [/<\?/, '?>'],
  [/<!\[CDATA\[/, ']]>'],
  [/<![a-z]/i, '>'],
  ...['pre', 'script', 'style', 'textarea'].map(
    (tag) => [new RegExp(`<${tag}\\b`, 'i'), `</${tag}>`] as const,
  ),
];

function withoutOpenHtml(markdown: string): string {
  let text = markdown;
  for (const [begin, end] of longHtml) {
    const rest = text.slice(text.toLowerCase().lastIndexOf(end.toLowerCase()) + 1);
    if (begin.test(rest)) text = text.slice(0, text.length - rest.length) + rest.replaceAll('<', '\\<');
  }
  return text;
}
