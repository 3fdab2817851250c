// A lesson before it is written: what was found in a transcript or a notebook, in its order.
import { slugOf } from '../lesson/slug.ts';

export interface Import {
  /** Absent where the source has none. */
  readonly title?: string;
  /** The SQL files with which it starts. */
  readonly init: readonly string[];
  /** As in the front matter. */
  readonly workers?: string;
  readonly items: readonly Item[];
  /** What could not be taken over. */
  readonly left: readonly Left[];
}

export type Item =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'prose'; readonly markdown: string }
  | { readonly kind: 'shown'; readonly language: string; readonly text: string }
  | ImportedBlock;

export interface ImportedBlock {
  readonly kind: 'block';
  /** For people: `line 12`, `cell 3`. */
  readonly where: string;
  /** The opening line of its fence: `sql {node=worker-1}`. */
  readonly info: string;
  readonly text: string;
  readonly below: readonly FenceText[];
}

/** What is expected of a block. */
export interface FenceText {
  readonly info: string;
  readonly text: string;
}

export interface Left {
  readonly where: string;
  readonly why: string;
}

export interface DraftStep {
  readonly title: string;
  readonly parts: readonly Exclude<Item, { kind: 'heading' }>[];
}

export interface Draft {
  /** Markdown before the first step. */
  readonly intro: readonly string[];
  readonly steps: readonly DraftStep[];
}

/** A heading begins a step, and so does a block after so many blocks. What precedes the first heading and is prose introduces the lesson. */
export function draftOf(items: readonly Item[], mostBlocks = Number.POSITIVE_INFINITY): Draft {
  const intro: string[] = [];
  const steps: { readonly title: string; readonly parts: Exclude<Item, { kind: 'heading' }>[] }[] = [];
  const slugs = new Set<string>();
  let blocks = 0;
  const begin = (title: string) => {
    steps.push({ title: unique(title, slugs), parts: [] });
    blocks = 0;
  };
  for (const item of items) {
    switch (item.kind) {
      case 'heading':
        begin(item.text);
        break;
      case 'prose':
        if (steps.length === 0) intro.push(item.markdown);
        else steps.at(-1)!.parts.push(item);
        break;
      case 'shown':
      case 'block':
        if (steps.length === 0 || blocks >= mostBlocks) begin(`Step ${steps.length + 1}`);
        steps.at(-1)!.parts.push(item);
        if (item.kind === 'block') blocks += 1;
    }
  }
  return { intro, steps };
}

/** Steps of a lesson have names of their own. */
function unique(title: string, slugs: Set<string>): string {
  const wanted = slugOf(title) === '' ? `Step ${slugs.size + 1}` : title;
  let name = wanted;
  for (let n = 2; slugs.has(slugOf(name)); n++) name = `${wanted} (${n})`;
  slugs.add(slugOf(name));
  return name;
}
