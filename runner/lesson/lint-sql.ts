// SQL of a lesson, looked at without a server.
import { UserError } from '../errors.ts';
import type { Diagnostic, ReportDiagnostic } from './diagnostic.ts';
import type { SqlParser } from './sql.ts';
import type { Place } from './types.ts';

export interface LintSqlOptions {
  /** Whether a syntax error may be what the lesson shows. */
  readonly mayFail?: boolean;
  readonly level?: Diagnostic['level'];
}

/** The number of statements in the fence at `place`; undefined where a mistake was reported. */
export function lintStatements(
  text: string,
  place: Place,
  parser: SqlParser,
  report: ReportDiagnostic,
  { mayFail = false, level = 'error' }: LintSqlOptions = {},
): number | undefined {
  const at = (line: number): Place => ({ file: place.file, line: place.line + 1 + line });
  try {
    const { length } = parser.split(text, at(0));
    const problem = mayFail ? undefined : parser.findSyntaxError(text);
    if (problem === undefined) return length;
    report(level, 'sql', at(problem.line), problem.message);
  } catch (error) {
    if (!(error instanceof UserError) || error.place === undefined) throw error;
    report('error', 'sql', error.place, error.message);
  }
  return undefined;
}
