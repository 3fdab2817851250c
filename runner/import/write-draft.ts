// The markdown of a draft.
import { readFenceHeader } from '../lesson/fence.ts';
import { shippedSetup } from '../lesson/setup.ts';
import type { Draft, Import, Item } from './draft.ts';

export function writeDraft(
  title: string,
  { init, workers }: Pick<Import, 'init' | 'workers'>,
  { intro, steps }: Draft,
): string {
  const matter = [
    '---',
    ...initLines(init),
    ...(workers === undefined ? [] : [`workers: ${workers}`]),
    '---',
  ];
  const parts = [
    `${matter.length > 2 ? `${matter.join('\n')}\n` : ''}# ${escapeMarkdown(title)}`,
    ...intro,
    ...steps.flatMap((step) => [`## ${escapeMarkdown(step.title)}`, ...step.parts.map(writePart)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** None for what ships: a lesson starts with it unless it says otherwise. */
function initLines(init: readonly string[]): readonly string[] {
  if (init.length === 0) return ['init: false'];
  return init.length === 1 && init[0] === shippedSetup ? [] : [`init: [${init.join(', ')}]`];
}

function writePart(part: Exclude<Item, { kind: 'heading' }>): string {
  switch (part.kind) {
    case 'prose':
      return part.markdown;
    case 'shown':
      return fence(shownInfo(part.language), part.text);
    case 'block':
      return [part, ...part.below].map(({ info, text }) => fence(info, text)).join('\n\n');
  }
}

/** With more backticks than stand in the text. */
function fence(info: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}${info}\n${text === '' ? '' : `${text.replace(/\n+$/, '')}\n`}${mark}`;
}

/** For a fence that is shown only. */
export function shownInfo(language: string): string {
  const info = /^[\w+#.-]+$/.test(language) ? language : 'text';
  let isMistaken = false;
  const header = readFenceHeader(info, 1, () => {
    isMistaken = true;
  });
  return header === undefined && !isMistaken ? info : `${info} {ignore}`;
}

/** Text that stands in markdown as it is. */
export const escapeMarkdown = (text: string): string => text.replace(/[\\`*<>[\]#~]/g, '\\$&');
