// What `lesson lint` says of a lesson that parses.
import type { Problem } from './problem.ts';
import type { Place } from './types.ts';

/** What each rule looks for. Its name stands behind a message, in SARIF, and in the comment that turns it off. */
export const rules = {
  format: 'The lesson cannot be read.',
  'stray-file': 'A file beside the lessons has not the name of one.',
  'nothing-runs': 'A lesson runs nothing.',
  'no-check': 'A step has blocks and checks nothing.',
  sql: 'SQL does not parse, or a block cannot do what it should.',
  'no-claim': 'A condition does not say what is true when it holds.',
  'node-name': 'A result names a node or a port of one cluster.',
  'unordered-limit': 'LIMIT without ORDER BY returns any rows.',
  'inexact-number': 'A result has the rounding error of a floating-point number.',
  size: 'A result has a size on disk or a time, which differ from run to run.',
  'no-hint': 'An exercise has no hint.',
  'no-wrong-answer': 'An exercise has no wrong answer.',
  'no-expectation': 'An exercise expects nothing.',
  'no-other-data': 'An exercise is solved by a SELECT of constants.',
  'same-answer': 'An answer stands twice.',
  'no-mistake': 'A wrong answer does not say what is wrong with it.',
  points: 'An exercise or a check that does not exist has points.',
  state: 'The recorded states are not those of the lesson.',
  link: 'A link leads to nothing.',
  'lesson-id': 'A lesson is named that does not exist.',
  drift: 'A translation is not what its original is.',
  'unknown-rule': 'A comment turns off a rule that does not exist.',
} as const;

export type Rule = keyof typeof rules;

export interface Diagnostic extends Problem {
  /** `error`: the lesson cannot pass; `warning`: it can, but teaches or checks less than it seems. */
  readonly level: 'error' | 'warning';
  readonly rule: Rule;
  /** Where there is one right answer. */
  readonly fix?: Fix;
}

/** A text that stands once in the line of the diagnostic, and what it should be. */
export interface Fix {
  readonly find: string;
  readonly replace: string;
}

export type ReportDiagnostic = (
  level: Diagnostic['level'],
  rule: Rule,
  place: Place,
  message: string,
  fix?: Fix,
) => void;
