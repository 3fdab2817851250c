// A lesson as the page shows it: prose as HTML without any of the author's own markup, and cells. Solutions stay on the
// server until they may be seen.
import MarkdownIt from 'markdown-it/browser';
import type { ClusterInfo } from '../cluster/info.ts';
import type { Block, EngineKind, Lesson, Part } from '../lesson/types.ts';
import type { Plan } from '../session/plan.ts';

export interface PageLesson {
  readonly id: string;
  readonly title: string;
  readonly minutes?: number;
  /** HTML. */
  readonly intro: string;
  readonly steps: readonly PageStep[];
}

/** A lesson on the cluster on which it runs. */
export interface ShownLesson extends PageLesson {
  readonly cluster: ClusterInfo;
  /** Why a block does not run here, by its id. */
  readonly skips: Readonly<Record<string, string>>;
}

export interface PageStep {
  readonly id: string;
  readonly title: string;
  readonly parts: readonly PagePart[];
}

export type PagePart = { readonly kind: 'prose'; readonly html: string } | PageCell;

export interface PageCell {
  readonly kind: 'sql' | 'shell';
  /** The id of the block. */
  readonly id: string;
  readonly text: string;
  readonly node?: string;
  readonly session?: string;
  readonly name?: string;
  readonly engine?: EngineKind;
  /** It writes on in the background. */
  readonly isBackground?: true;
  readonly question?: string;
  readonly choices?: readonly string[];
  /** Set for an exercise. */
  readonly hints?: number;
}

const markdown = new MarkdownIt({ html: false });

/** A link to another lesson opens it; all else, a tab of its own. */
markdown.renderer.rules.link_open = (tokens, at, options, _env, renderer) => {
  const token = tokens[at]!;
  const lesson = /^([\w-]+)\.md$/.exec(String(token.attrGet('href')))?.[1];
  if (lesson !== undefined) {
    token.attrSet('href', `/${lesson}`);
    token.attrSet('data-lesson', lesson);
  } else {
    token.attrSet('target', '_blank');
    token.attrSet('rel', 'noopener noreferrer');
  }
  return renderer.renderToken(tokens, at, options);
};

export const toHtml = (text: string): string => markdown.render(text);

export const shownLesson = ({ lesson, cluster, blocks }: Plan): ShownLesson => ({
  ...pageLesson(lesson),
  cluster,
  skips: Object.fromEntries(blocks.flatMap(({ id, skip }) => (skip === undefined ? [] : [[id, skip]]))),
});

export function pageLesson({ id, title, minutes, intro, steps }: Lesson): PageLesson {
  return {
    id,
    title,
    ...(minutes !== undefined && { minutes }),
    intro: toHtml(intro),
    steps: steps.map((step) => ({ id: step.id, title: step.title, parts: step.parts.map(pagePart) })),
  };
}

const pagePart = (part: Part): PagePart =>
  part.kind === 'prose' ? { kind: 'prose', html: toHtml(part.markdown) } : pageCell(part);

function pageCell(block: Block): PageCell {
  const { kind, id, text, name, engine, prediction, exercise } = block;
  const sql = block.kind === 'sql' ? block : undefined;
  return {
    kind,
    id,
    text,
    ...(sql && sql.node !== 'coordinator' && { node: sql.node }),
    ...(sql?.session !== undefined && { session: sql.session }),
    ...(sql?.everyMs !== undefined && { isBackground: true as const }),
    ...(name !== undefined && { name }),
    ...(engine !== undefined && { engine }),
    ...(prediction && { question: prediction.question }),
    ...(prediction?.choices && { choices: prediction.choices }),
    ...(exercise && { hints: exercise.hints.length }),
  };
}
