// What `parse` cannot see or does not refuse: SQL that does not parse, exercises that nothing judges, brittle results.

import type { Diagnostic, ReportDiagnostic } from './diagnostic.ts';
import { forEngine } from './for-engine.ts';
import { capturedIn } from './known-captures.ts';
import { lintExercise } from './lint-exercise.ts';
import { lintPoints } from './lint-points.ts';
import { lintResult, lintResultStatement } from './lint-result.ts';
import { lintStatements } from './lint-sql.ts';
import { withCaptures } from './parser-with-captures.ts';
import { plural } from './plural.ts';
import { counterForm, type SqlParser } from './sql.ts';
import type { Block, Expectation, Lesson, SqlBlock, Step } from './types.ts';

/** All diagnostics in the order of the file. */
export function lintLesson(lesson: Lesson, plainParser: SqlParser): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const parser = withCaptures(plainParser, capturedIn(lesson.steps));
  const report: ReportDiagnostic = (level, rule, place, message, fix) =>
    diagnostics.push({ level, rule, place, message, ...(fix && { fix }) });
  const blocks = lesson.steps.flatMap(blocksOf);
  if (blocks.length === 0) report('warning', 'nothing-runs', lesson.place, 'the lesson runs nothing');
  for (const step of lesson.steps) lintStep(step, report);
  lintPoints(lesson, report);
  for (const block of blocks) {
    if (block.kind === 'sql') lintSql(block, parser, report);
    if (block.exercise !== undefined) lintExercise(block, block.exercise, parser, report);
    lintExpectations(block, parser, report);
  }
  return diagnostics.sort((a, b) => a.place.line - b.place.line);
}

function blocksOf({ parts }: Step): Block[] {
  return parts.filter((part) => part.kind !== 'prose');
}

function lintStep(step: Step, report: ReportDiagnostic): void {
  const blocks = blocksOf(step);
  if (blocks.length > 0 && blocks.every(({ expectations }) => expectations.length === 0)) {
    report(
      'warning',
      'no-check',
      step.place,
      `the step "${step.title}" checks nothing; add a result, a check or an error`,
    );
  }
}

function lintSql(block: SqlBlock, parser: SqlParser, report: ReportDiagnostic): void {
  const { expectations, exercise, text, place } = block;
  const mayFail = expectations.some(({ kind }) => kind === 'error');
  // The starting point of an exercise may be a fragment.
  if (exercise !== undefined) return;
  const count = lintStatements(text, place, parser, report, { mayFail });
  if (count === undefined) return;
  if (count === 0) report('error', 'sql', place, 'the block has no statement, only comments');
  if (block.everyMs !== undefined && parser.findCounter(text) === undefined)
    report('error', 'sql', place, counterForm);
  const results = Math.max(
    ...engines.map((engine) => forEngine(block, engine).expectations.filter(isResult).length),
  );
  if (results > 0) lintResultStatement(block, parser, report);
  if (results > count) {
    report(
      'error',
      'sql',
      place,
      `the block has ${plural(results, 'result')}, but only ${plural(count, 'statement')}`,
    );
  }
}

const engines = ['citus', 'built-in'] as const;

const isResult = ({ kind }: Expectation): boolean => kind === 'result';

const claimForm =
  'the check "true" has no claim; say what is true when it holds: {is: SELECT …, claim: "each row has a company"}';

function lintExpectations({ expectations }: Block, parser: SqlParser, report: ReportDiagnostic): void {
  for (const expectation of expectations) {
    if (expectation.kind === 'result') lintResult(expectation, report);
    if (expectation.kind !== 'checks') continue;
    for (const check of expectation.checks) {
      if (check.kind !== 'true') continue;
      if (check.claim === undefined) report('warning', 'no-claim', check.place, claimForm);
      for (const sql of check.is) {
        const problem = parser.findSyntaxError(sql);
        if (problem !== undefined)
          report('error', 'sql', check.place, `in the check "true": ${problem.message}`);
      }
    }
  }
}
