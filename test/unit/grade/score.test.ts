import { expect, test } from 'vitest';
import { tasksOf } from '../../../runner/grade/grade-class.ts';
import { gradeOf, gradeStudent } from '../../../runner/grade/score.ts';
import { verdictOf } from '../../../runner/grade/verdict.ts';
import type { Lesson } from '../../../runner/lesson/types.ts';
import type { Outcome } from '../../../runner/session/events.ts';
import { fence, parse } from '../lesson/lesson-text.ts';

const lesson = (...matter: readonly string[]): Lesson =>
  parse(
    [
      ...(matter.length > 0 ? ['---', ...matter, '---'] : []),
      '# A',
      '## Count',
      fence('sql {exercise}', 'SELECT'),
      fence('sql {solution}', 'SELECT 1'),
      fence('result', ' n', '---', ' 1'),
      fence('check', 'rows: {t: 1}', 'shards: {t: 4}'),
    ].join('\n'),
  );

const task = (...matter: readonly string[]) => tasksOf([lesson(...matter)])[0]!;

/** With those of these kinds failed. */
function outcomes(
  { block }: ReturnType<typeof task>,
  failed: readonly string[],
  isCause = false,
): readonly Outcome[] {
  return block.expectations.flatMap((expectation) =>
    (expectation.kind === 'checks' ? expectation.checks : [expectation]).map(({ kind, place }): Outcome => {
      const about = { title: `the ${kind}`, place };
      return failed.includes(kind)
        ? { status: 'failed', ...about, expected: '1', actual: '2', ...(isCause && { isCause }) }
        : { status: 'passed', ...about, claim: 'so it is' };
    }),
  );
}

const grade = (from: ReturnType<typeof task>, ...failed: readonly string[]) =>
  gradeOf(from, verdictOf(from.block, outcomes(from, failed)));

test('an exercise is worth a point unless the lesson says otherwise', () => {
  expect(grade(task())).toMatchObject({ points: 1, max: 1, status: 'passed', reason: '' });
  expect(grade(task(), 'rows')).toMatchObject({ points: 0, max: 1, status: 'failed' });
  expect(grade(task('points: {count: 2.5}'))).toMatchObject({ points: 2.5, max: 2.5 });
});

test('each check that holds gives its points', () => {
  const each = task('points:', '  count: {result: 2, rows: 1, shards: 0.5}');
  expect(grade(each)).toMatchObject({ points: 3.5, max: 3.5, status: 'passed' });
  expect(grade(each, 'rows')).toMatchObject({ points: 2.5, max: 3.5, status: 'failed' });
  expect(grade(each, 'rows').reason).toBe('the rows: expected 1, got 2');
});

test('an answer that ends with an error has no points, whatever holds without it', () => {
  const each = task('points:', '  count: {result: 2, rows: 1}');
  const verdict = verdictOf(each.block, outcomes(each, ['result'], true));
  expect(gradeOf(each, verdict)).toMatchObject({ points: 0, max: 3 });
});

test('what nobody has answered is missing, and counts', () => {
  const student = gradeStudent('ann', [gradeOf(task(), undefined), grade(task())]);
  expect(student).toMatchObject({ student: 'ann', points: 1, max: 2 });
  expect(student.exercises.map(({ status }) => status)).toEqual(['missing', 'passed']);
});

test('an exercise that is worth nothing is not graded', () => {
  expect(tasksOf([lesson('points: {count: 0}')])).toEqual([]);
});

test('points are summed without a rest', () => {
  const tenth = gradeOf(task('points: {count: 0.1}'), { passed: true, held: [], reason: '' });
  expect(gradeStudent('ann', [tenth, tenth, tenth]).points).toBe(0.3);
});
