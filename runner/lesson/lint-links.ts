// Links of a lesson that lead to nothing, and names of lessons that do not exist.
import MarkdownIt, { type Token } from 'markdown-it/browser';
import type { ReportDiagnostic } from './diagnostic.ts';
import { readFrontMatter } from './front-matter.ts';
import { nearest } from './nearest.ts';
import { slugOf } from './slug.ts';
import type { Place } from './types.ts';

/** What can be linked to in a lesson, and what it mentions. */
export interface Outline {
  /** Of headings of all levels, as a code host gives them. */
  readonly anchors: readonly string[];
  readonly mentions: readonly Mention[];
}

interface Mention {
  readonly kind: 'link' | 'code';
  readonly text: string;
  readonly line: number;
}

export interface LinkContext {
  /** The lessons of the course, by id. */
  readonly lessons: ReadonlyMap<string, Outline>;
  /** Whether there is a file, by its path from the folder of the lesson. */
  readonly exists: (file: string) => boolean;
}

export function lintLinks(
  file: string,
  { anchors, mentions }: Outline,
  context: LinkContext,
  report: ReportDiagnostic,
): void {
  for (const { kind, text, line } of mentions) {
    const place = { file, line };
    if (kind === 'code') lintId(text, place, context, report);
    else lintLink(text, place, anchors, context, report);
  }
}

/** A name of the form of an id is that of a lesson. */
function lintId(text: string, place: Place, { lessons }: LinkContext, report: ReportDiagnostic): void {
  if (!/^\d\d-[a-z][a-z\d-]*$/.test(text) || lessons.has(text)) return;
  const { guess, only } = guessed(text, [...lessons.keys()], '');
  report('warning', 'lesson-id', place, `there is no lesson "${text}"${guess}`, fixOf(text, only));
}

function lintLink(
  target: string,
  place: Place,
  own: readonly string[],
  { lessons, exists }: LinkContext,
  report: ReportDiagnostic,
): void {
  if (/^([a-z][a-z\d+.-]*:|\/\/)/i.test(target)) return; // elsewhere
  const [, to = '', anchor] = /^([^#?]*)(?:\?[^#]*)?(?:#(.*))?$/.exec(decode(target)) ?? [];
  const id = /^(?:\.\/)?([^/]+)\.md$/.exec(to)?.[1];
  if (to !== '' && !exists(to)) {
    const { guess, only } = guessed(id ?? to, id === undefined ? [] : [...lessons.keys()], '.md');
    const fix = fixOf(`${id}.md`, only && `${only}.md`);
    report('warning', 'link', place, `the link leads to "${to}", which does not exist${guess}`, fix);
    return;
  }
  const anchors = to === '' ? own : id === undefined ? undefined : lessons.get(id)?.anchors;
  if (anchor === undefined || anchors === undefined || anchors.includes(anchor)) return;
  const { guess, only } = guessed(anchor, anchors, '');
  const fix = fixOf(`#${anchor}`, only && `#${only}`);
  report('warning', 'link', place, `no heading has the anchor "${anchor}"${guess}`, fix);
}

/** What was meant, in words, and where only one thing can be. */
function guessed(word: string, known: readonly string[], suffix: string) {
  const [first, second] = nearest(word, known);
  const guess = first === undefined ? '' : `; did you mean "${first}${suffix}"?`;
  return { guess, only: second === undefined ? first : undefined };
}

const fixOf = (find: string, replace: string | undefined) =>
  replace === undefined ? undefined : { find, replace };

const markdown = new MarkdownIt({ html: true });

export function outlineOf(text: string): Outline {
  const tokens = markdown.parse(withoutFrontMatter(text), {});
  const anchors = tokens.flatMap(({ type }, at) =>
    type === 'heading_open' ? [slugOf(tokens[at + 1]!.children!.map(plainOf).join(''))] : [],
  );
  return { anchors, mentions: tokens.flatMap(mentionsIn) };
}

const plainOf = ({ type, content }: Token) => (type === 'text' || type === 'code_inline' ? content : '');

function mentionsIn({ map, children }: Token): readonly Mention[] {
  let line = (map?.[0] ?? 0) + 1;
  return (children ?? []).flatMap((token): readonly Mention[] => {
    if (token.type === 'softbreak' || token.type === 'hardbreak') line += 1;
    if (token.type === 'code_inline') return [{ kind: 'code', text: token.content, line }];
    const target = token.attrGet(token.type === 'image' ? 'src' : 'href');
    return target ? [{ kind: 'link', text: `${target}`, line }] : [];
  });
}

/** Its lines stay, and are blank. */
function withoutFrontMatter(text: string): string {
  const lines = text.split(/\r\n?|\n/);
  const { next } = readFrontMatter(lines, () => {});
  return lines.map((line, at) => (at + 1 < next ? '' : line)).join('\n');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
