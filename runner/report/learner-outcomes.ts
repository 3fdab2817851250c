// What a block's checks found, for a learner: what holds, the first cause of what does not, and no places in the lesson.
import { widthOf } from '../lesson/cell.ts';
import type { FailedOutcome, Outcome } from '../session/events.ts';
import { differenceTable } from './difference-table.ts';
import { renderMarkdown } from './markdown.ts';
import { indent, labelled } from './outcome.ts';
import { explanationLines } from './sql-failure.ts';
import { plain, printable, type Style } from './style.ts';

export interface LearnerOptions {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly width: number;
  /** The id of the lesson that runs. */
  readonly lesson: string;
  /** Whether what to look at may be told: in an exercise it often gives the answer away. */
  readonly withLook: boolean;
  /** Whether the error by which the block ended is on the screen already. */
  readonly isErrorShown: boolean;
}

/** Lines without a last newline. */
export function describeOutcomes(outcomes: readonly Outcome[], options: LearnerOptions): string[] {
  const passed = outcomes.filter((outcome) => outcome.status === 'passed');
  const failed = outcomes.filter((outcome) => outcome.status === 'failed');
  const cause = failed.find(({ isCause }) => isCause);
  if (cause !== undefined) {
    const lines = options.isErrorShown ? [] : describeFailed(cause, options);
    return [...lines, ...folded(failed.length - 1, options.style)];
  }
  const claims = [...new Set(passed.map(({ claim }) => printable(claim)))];
  return [...pack(claims, options), ...failed.flatMap((outcome) => describeFailed(outcome, options))];
}

/** In a line, where the learner has read all of it already. */
export function describeAgain(failed: readonly FailedOutcome[], { style }: LearnerOptions): string {
  const names = failed.filter(({ isCause }) => !isCause).map(nameOf);
  const which = names.length === 0 ? '' : ` (${[...new Set(names)].join('; ')})`;
  const left = failed.some(({ expected }) => expected === 'none')
    ? ' What an earlier try left counts, too; \\restore starts again with the cluster as it was.'
    : '';
  return style('dim', `Not solved yet: the same checks fail as before${which}.${left}`);
}

/** As it stood behind its cross. */
function nameOf({ title, say }: FailedOutcome): string {
  if (say === undefined) return printable(title);
  const text = renderMarkdown(printable(say), { style: plain, width: Number.POSITIVE_INFINITY });
  return text.split('\n')[0]!.replace(/\.$/, '');
}

/** As many claims to a line as it holds. */
function pack(claims: readonly string[], { style, width }: LearnerOptions): string[] {
  const lines: { text: string; width: number }[] = [];
  for (const claim of claims) {
    const text = style('green', `✓ ${claim}`);
    const line = lines.at(-1);
    const needed = widthOf(claim) + 2;
    if (line !== undefined && line.width + 2 + needed <= width) {
      line.text += `  ${text}`;
      line.width += 2 + needed;
    } else lines.push({ text, width: needed });
  }
  return lines.map(({ text }) => text);
}

function folded(count: number, style: Style): string[] {
  if (count === 0) return [];
  const what = count === 1 ? '1 check was not met either' : `${count} checks were not met either`;
  return [style('dim', `(${what})`)];
}

function describeFailed(outcome: FailedOutcome, options: LearnerOptions): string[] {
  const { title, actual, look, difference, failure, say = 'the result is not as expected' } = outcome;
  const { style, width, withLook } = options;
  const why = failure === undefined ? [] : explanationLines(failure, options);
  if (title === 'SQL') return [headline(actual, style), ...why];
  if (difference !== undefined) {
    const table = differenceTable(difference, { style, width: width - indent.length });
    return [...sayLines(say, options), ...table.map((line) => indent + line)];
  }
  return [
    ...describeCheck(outcome, options),
    ...why,
    ...(look === undefined || !withLook ? [] : labelled('look at', look.replace(/\s+/g, ' '), style)),
  ];
}

/** The author's word first, where there is one; in one line what has room in it. */
function describeCheck({ title, expected, actual, say }: FailedOutcome, options: LearnerOptions): string[] {
  const { style, width } = options;
  const line = printable(`${title}: expected ${expected}, got ${actual}`);
  const fits = !line.includes('\n') && widthOf(line) + indent.length <= width;
  if (say === undefined && fits) return [headline(line, style)];
  return [
    ...(say === undefined ? [] : sayLines(say, options)),
    ...(fits
      ? [indent + line]
      : [
          say === undefined ? headline(title, style) : indent + printable(title),
          ...labelled('expected', expected, style),
          ...labelled('got', actual, style),
        ]),
  ];
}

function sayLines(say: string, { style, width }: LearnerOptions): string[] {
  const [first = '', ...rest] = renderMarkdown(printable(say), { style: plain, width: width - 2 }).split(
    '\n',
  );
  return [headline(first, style), ...rest.map((line) => style(['bold', 'red'], `  ${line}`))];
}

function headline(text: string, style: Style): string {
  return style(['bold', 'red'], `✗ ${printable(text)}`);
}
