// A transcript of psql as a lesson: each statement is a block with what psql answered, comments are headings and prose.
import type { Import, Item, Left } from './draft.ts';
import { type Ending, endingsOf, readOutput } from './psql-output.ts';
import { resultText } from './result-text.ts';
import { readTranscript, type Turn } from './transcript.ts';
import { escapeMarkdown } from './write-draft.ts';

/** How long a comment may be that is a heading. */
const longestHeading = 60;

/** Commands that say how psql shows something, and leave nothing in the database. */
const ofDisplay = [
  'a',
  'H',
  'q',
  'r',
  't',
  'timing',
  'x',
  'pset',
  'p',
  'errverbose',
  'conninfo',
  '?',
  'h',
  's',
  'w',
];

export function importTranscript(text: string): Import {
  const left: Left[] = [];
  const turns = readTranscript(text);
  const items = turns.flatMap((turn, i) => turnItems(turn, turns[i - 1], left));
  return { init: [], items, left };
}

function turnItems(turn: Turn, before: Turn | undefined, left: Left[]): readonly Item[] {
  switch (turn.kind) {
    case 'comment':
      return commentItems(turn.text, before?.kind === 'comment');
    case 'unfinished':
      left.push({ where: `line ${turn.line}`, why: 'the statement has no end' });
      return [];
    case 'typed':
      return typedItems(turn, left);
  }
}

/** The first comment of several is the heading, where it is short. */
function commentItems(text: string, goesOn: boolean): readonly Item[] {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^\s*(--+|\/\*+|\*+\/|\*)?\s?|\s*\*+\/\s*$/g, '').trimEnd())
    .filter((line) => /[\p{L}\p{N}]/u.test(line));
  const [first, ...others] = lines;
  if (first === undefined) return [];
  const isHeading = !goesOn && first.length <= longestHeading;
  const prose = isHeading ? others : lines;
  return [
    ...(isHeading ? [{ kind: 'heading', text: first.replace(/[.:]$/, '') } as const] : []),
    ...(prose.length === 0
      ? []
      : [{ kind: 'prose', markdown: prose.map(escapeMarkdown).join('\n') } as const]),
  ];
}

function typedItems(
  { line, inputs, output }: Extract<Turn, { kind: 'typed' }>,
  left: Left[],
): readonly Item[] {
  const where = `line ${line}`;
  const statements = inputs.flatMap((input) => (input.kind === 'statement' ? [input.text] : []));
  const commands = inputs.flatMap((input) => (input.kind === 'command' ? [input] : []));
  const shown = commands.filter(({ name }) => !ofDisplay.includes(name));
  for (const { name } of shown)
    left.push({ where, why: `"\\${name}" is a command of psql; it is shown, not run` });
  const commandItem = ({ statement = '', name, argument }: (typeof shown)[number]): Item => ({
    kind: 'shown',
    language: 'text',
    text: [
      `${statement} \\${name} ${argument}`.trim(),
      ...(statements.length === 0 ? withoutBlank(output) : []),
    ].join('\n'),
  });
  if (statements.length === 0) return shown.map(commandItem);

  const { endings, unread } = readOutput(output);
  if (unread.length > 0) left.push({ where, why: `the output "${unread[0]!.trim()}" cannot be read` });
  const each = endingsOf(endings, statements.length);
  if (each === undefined && endings.length > 0) {
    left.push({ where, why: 'which statement gave which output cannot be told' });
  }
  const blocks = statements.map((text, i): Item => {
    const below = each === undefined ? [] : fencesOf(each[i]!);
    return { kind: 'block', where, info: 'sql', text, below };
  });
  return [...blocks, ...shown.map(commandItem)];
}

function fencesOf(ending: Ending) {
  switch (ending.kind) {
    case 'table':
      return [{ info: 'result', text: resultText(ending.table) }];
    case 'error':
      return [{ info: 'error', text: ending.message.trim() }];
    case 'tag':
      return [];
  }
}

function withoutBlank(lines: readonly string[]): readonly string[] {
  const end = lines.findLastIndex((line) => line.trim() !== '');
  return lines.slice(0, end + 1).filter((line) => !/^Time: [\d.]+ ms/.test(line));
}
