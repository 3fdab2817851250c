// A failed expectation for the author of a lesson: where, expected, actual, and what to look at.
import { shorten } from '../connect/limit.ts';
import type { FailedOutcome } from '../session/events.ts';
import { aboutRecords } from '../state/compare.ts';
import { differenceTable } from './difference-table.ts';
import { printable, type Style } from './style.ts';

export interface FailureOptions {
  readonly style: Style;
  /** Columns of the terminal, or of whatever shows the report. */
  readonly width: number;
}

/** Lines without indentation; the first says what failed and where. */
export function describeFailure(outcome: FailedOutcome, { style, width }: FailureOptions): string[] {
  const { title, place, expected, actual, say, look, difference, isRecorded } = outcome;
  return [
    `${style(['bold', 'red'], `✗ ${printable(title)}`)}  ${style('dim', `${place.file}:${place.line}`)}`,
    ...(say === undefined ? [] : [indent + say]),
    ...(difference === undefined
      ? [...labelled('expected', expected, style), ...labelled('actual', actual, style)]
      : differenceTable(difference, { style, width: width - indent.length, withLines: true }).map(
          (line) => indent + line,
        )),
    ...(look === undefined ? [] : labelled('look at', look.replace(/\s+/g, ' '), style)),
    ...(isRecorded ? [indent + style('dim', aboutRecords)] : []),
  ];
}

export const indent = '    ';

/** `    expected 4`; more lines stand below the first. */
export function labelled(label: string, text: string, style: Style): string[] {
  const [first = '', ...rest] = printable(shorten(text)).split('\n');
  return [
    `${indent}${style('dim', label.padEnd(8))} ${first}`,
    ...rest.map((line) => `${indent}${' '.repeat(8)} ${line}`),
  ];
}
