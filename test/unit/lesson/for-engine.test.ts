// What each engine answers, side by side.
import { describe, expect, test } from 'vitest';
import { lintLesson } from '../../../runner/lesson/lint.ts';
import { createResultMatcher } from '../../../runner/lesson/result.ts';
import { loadSqlParser } from '../../../runner/lesson/sql.ts';
import type { ResultExpectation } from '../../../runner/lesson/types.ts';
import type { FailedOutcome } from '../../../runner/session/events.ts';
import { plan } from '../../../runner/session/plan.ts';
import type { BlockAnswer } from '../../../runner/update/answers.ts';
import { fillLesson } from '../../../runner/update/fill-lesson.ts';
import { blocksOf, fence, oneStep, parse, problemsOf } from './lesson-text.ts';

const sideBySide = [
  fence('sql', 'SELECT a'),
  fence('result {engine=citus}', 'a', '---', '1'),
  fence('error {engine=built-in}', '0A000'),
  fence('check', 'workers: 2'),
];

function planned(engine: 'citus' | 'built-in', ...fences: readonly string[]) {
  const info = {
    kind: 'local',
    name: 'default',
    workers: 2,
    engine: { kind: engine, version: 'Citus 13.2', postgres: '' },
  };
  const { blocks } = plan(parse(oneStep(...fences)), info as Parameters<typeof plan>[1], { solve: true });
  return blocks.map(({ skip, block }) => skip ?? block.expectations.map(({ kind }) => kind));
}

describe('an expectation with engine=', () => {
  test('counts on that engine only', () => {
    expect(planned('citus', ...sideBySide)).toEqual([['result', 'checks']]);
    expect(planned('built-in', ...sideBySide)).toEqual([['error', 'checks']]);
  });

  test('of a result takes the other data with it', () => {
    const exercise = [
      fence('sql {exercise}', 'SELECT …'),
      fence('sql {solution}', 'SELECT a'),
      fence('result {engine=citus}', 'a'),
      fence('sql {other-data}', 'DELETE FROM t'),
    ];
    expect(planned('citus', ...exercise)).toEqual([['result', 'other-data']]);
    expect(planned('built-in', ...exercise)).toEqual([[]]);
  });
});

test('a block with engine= is skipped on the other one, which is said', () => {
  const blocks = [fence('sql {engine=citus}', 'SELECT 1'), fence('bash {engine=built-in}', 'echo')];
  expect(planned('citus', ...blocks)).toEqual([
    [],
    'only the built-in engine can show this; this is Citus 13.2',
  ]);
  expect(planned('built-in', ...blocks)).toEqual([
    'only real Citus can show this; this is the built-in engine',
    [],
  ]);
});

describe('mistakes', () => {
  test.each([
    [
      [fence('sql', 'SELECT 1'), fence('result', 'a'), fence('error {engine=citus}', '42601')],
      ['11: the block in line 5 has a result already; a block has a result or an error, not both'],
    ],
    [
      [fence('sql {engine=citus}', 'SELECT 1'), fence('check {engine=built-in}', 'workers: 2')],
      ['8: the block in line 5 does not run on the engine "built-in"'],
    ],
    [
      [fence('sql', 'SELECT 1'), fence('predict {engine=citus}', 'question: Q')],
      ['8: unknown predict option "engine"; known: ignore'],
    ],
  ])('%#', (fences, problems) => {
    expect(problemsOf(oneStep(...fences))).toEqual(problems);
  });
});

test('lint counts the results of one engine', async () => {
  const parser = await loadSqlParser();
  const result = (engine: string) => fence(`result {engine=${engine}}`, 'a', '---', '1');
  const lint = (...fences: readonly string[]) =>
    lintLesson(parse(oneStep(fence('sql', 'SELECT 1'), ...fences)), parser).map(({ message }) => message);
  expect(lint(result('citus'), result('built-in'))).toEqual([]);
  expect(lint(result('citus'), result('citus'))).toEqual(['the block has 2 results, but only 1 statement']);
});

test('an update fills in only the fences of the engine that it ran on', async () => {
  const text = oneStep(
    fence('sql', 'SELECT 1 AS a'),
    fence('result {engine=built-in}', 'a', '---', '8'),
    fence('result {engine=citus}', 'a', '---', '7'),
  );
  const [block] = blocksOf(text);
  const answer: BlockAnswer = {
    engine: 'built-in',
    results: [{ sql: 'SELECT 1 AS a', columns: ['a'], rows: [['1']], rowCount: 1 }],
    output: '',
    failed: block!.expectations.map((expectation): FailedOutcome => {
      const matcher = createResultMatcher(expectation as ResultExpectation, ['a'], { ordered: false });
      matcher.push(['1']);
      const difference = matcher.finish()!;
      return {
        status: 'failed',
        title: 'result',
        place: expectation.place,
        expected: '',
        actual: '',
        difference,
      };
    }),
  };
  const { text: after } = await fillLesson(parse(text), text, () => answer);
  const rows = blocksOf(after)[0]!.expectations.map((each) => each.kind === 'result' && each.rows[0]!.cells);
  expect(rows).toEqual([['1'], ['7']]);
});
