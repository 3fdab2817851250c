// Errors and shell output, held against what the lesson says.
import { showCell } from './cell.ts';
import { literal } from './row-pattern.ts';
import type { ErrorExpectation, OutputExpectation, Place } from './types.ts';

/** Whether an error is the expected one: SQLSTATE or its class, and a part of the primary message. One that is empty is none. */
export function matchError(
  { sqlstate = '', message = '' }: ErrorExpectation,
  error: { readonly sqlstate: string; readonly message: string },
): boolean {
  const isEmpty = sqlstate === '' && message === '';
  return !isEmpty && error.sqlstate.startsWith(sqlstate) && error.message.includes(message);
}

/** The first line of an output that is not as the lesson says. */
export interface OutputDifference {
  /** The line in the lesson, or the fence where the lesson has no line more. */
  readonly place: Place;
  /** Text that is safe to show; `end of output` where one of both has ended. */
  readonly expected: string;
  readonly actual: string;
  /** The line of the output, from 1. */
  readonly line: number;
}

const END = 'end of output';

/** Compares line by line; blanks at the end of a line and blank lines at the end do not count. */
export function matchOutput(
  { lines, place }: OutputExpectation,
  output: string,
): OutputDifference | undefined {
  const expected = outputLines(lines);
  const actual = outputLines(output.split(/\r?\n/));
  let at = 0;
  let from = 0;
  // Where `...` was last, and how many lines it has swallowed: the shortest fit first, longer ones when that fails.
  let ellipsis: { readonly next: number; at: number } | undefined;
  let furthest = { from: 0, at: 0 };
  while (true) {
    if (expected[from] === '...') {
      ellipsis = { next: ++from, at };
      if (from === expected.length) return undefined;
      continue;
    }
    if (from === expected.length && at === actual.length) return undefined;
    if (from < expected.length && at < actual.length && literal(expected[from]!) === actual[at]) {
      from++;
      at++;
      continue;
    }
    if (from >= furthest.from) furthest = { from, at };
    if (ellipsis === undefined || ellipsis.at >= actual.length) break;
    at = ++ellipsis.at;
    from = ellipsis.next;
  }
  return {
    place: {
      file: place.file,
      line: furthest.from < expected.length ? place.line + 1 + furthest.from : place.line,
    },
    expected: expected[furthest.from] ?? END,
    actual: furthest.at < actual.length ? showCell(actual[furthest.at]!) : END,
    line: furthest.at + 1,
  };
}

/** Without blanks at the end of a line, and without blank lines at the end. */
export function outputLines(lines: readonly string[]): string[] {
  const trimmed = lines.map((line) => line.trimEnd());
  while (trimmed.at(-1) === '') trimmed.pop();
  return trimmed;
}
