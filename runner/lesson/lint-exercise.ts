// What makes an exercise sound, as far as it can be seen without running it.
import type { ReportDiagnostic } from './diagnostic.ts';
import { readMistake } from './known-mistake.ts';
import { lintStatements } from './lint-sql.ts';
import type { SqlParser } from './sql.ts';
import type { Block, Exercise } from './types.ts';

export function lintExercise(
  block: Block,
  exercise: Exercise,
  parser: SqlParser,
  report: ReportDiagnostic,
): void {
  const { hints, solutions, wrongAnswers } = exercise;
  const { place, expectations } = block;
  if (hints.length === 0) report('warning', 'no-hint', place, 'the exercise has no hint');
  if (wrongAnswers.length === 0)
    report(
      'warning',
      'no-wrong-answer',
      place,
      'the exercise has no wrong answer; nothing shows that its checks catch one',
    );
  if (expectations.length === 0)
    report(
      'warning',
      'no-expectation',
      place,
      'the exercise expects nothing; every answer that runs is right',
    );

  lintOtherData(block, parser, report);

  const seen = new Map([[normalise(block.text), `the starting point in line ${place.line}`]]);
  const mayFail = expectations.some(({ kind }) => kind === 'error');
  for (const answer of [...solutions, ...wrongAnswers]) {
    const key = normalise(answer.text);
    const same = seen.get(key);
    if (same !== undefined) report('error', 'same-answer', answer.place, `the answer is the same as ${same}`);
    seen.set(key, `the answer in line ${answer.place.line}`);
    if (wrongAnswers.includes(answer) && readMistake(answer) === '') {
      report(
        'warning',
        'no-mistake',
        answer.place,
        'the wrong answer does not say what is wrong with it; begin it with a comment that a learner reads',
      );
    }
    if (block.kind !== 'sql') continue;
    // A wrong answer that is not SQL fails without any check, and says nothing about them.
    const level = wrongAnswers.includes(answer) ? 'warning' : 'error';
    lintStatements(answer.text, answer.place, parser, report, { mayFail, level });
  }
}

/** An answer that is judged by its result can be the rows of that result, written down. */
function lintOtherData({ place, expectations }: Block, parser: SqlParser, report: ReportDiagnostic): void {
  const otherData = expectations.find((expectation) => expectation.kind === 'other-data');
  if (otherData !== undefined) lintStatements(otherData.text, otherData.place, parser, report);
  else if (expectations.some(({ kind }) => kind === 'result'))
    report(
      'warning',
      'no-other-data',
      place,
      'the exercise has a result and no other data, so an answer that only writes down its rows is right; add sql {other-data}',
    );
}

function normalise(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
