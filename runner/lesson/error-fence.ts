import type { ReportProblem } from './problem.ts';
import type { ErrorExpectation, Place } from './types.ts';

const SQLSTATE = /^((?=.*\d|XX|HV)(?:[0-9A-Z]{5}|[0-9A-Z]{2}))(?::\s*(.*))?$/;

/** Reads `0A000: cannot create constraint`, either half of it, or what psql prints: `ERROR:  cannot …`. */
export function readError(text: string, place: Place, report: ReportProblem): ErrorExpectation {
  const lines = text.split('\n').map((line, i) => ({ text: line.trim(), line: place.line + 1 + i }));
  const [first, second] = lines.filter((line) => line.text !== '');
  if (first === undefined) {
    report(
      place.line,
      'the error is empty; it has an SQLSTATE, a part of the message, or both: "0A000: cannot". "lesson update" fills it',
      'unfilled',
    );
    return { kind: 'error', place };
  }
  if (second !== undefined) {
    report(second.line, `only the primary message is compared, in one line; found "${second.text}"`);
  }
  const line = first.text.replace(/^ERROR:\s+/, '');
  const [, sqlstate, rest] = SQLSTATE.exec(line) ?? [undefined, undefined, line];
  return { kind: 'error', place, ...(sqlstate ? { sqlstate } : {}), ...(rest ? { message: rest } : {}) };
}
