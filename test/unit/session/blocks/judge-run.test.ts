import { describe, expect, test } from 'vitest';
import type { StatementEnd } from '../../../../runner/connect/connection.ts';
import type { ErrorExpectation, ResultExpectation, ShellBlock } from '../../../../runner/lesson/types.ts';
import { judgeEnd, judgeExit, judgeResults } from '../../../../runner/session/blocks/judge-run.ts';
import type { ShellEnd } from '../../../../runner/session/blocks/shell-block.ts';
import type { SqlRun } from '../../../../runner/session/blocks/sql-block.ts';
import { blocksOf, expectationsOf, fence, file, oneStep } from '../../lesson/lesson-text.ts';

const place = { file, line: 6 };
const [sqlBlock] = blocksOf(oneStep(fence('sql {timeout=5s}', 'SELECT 1;')));
const ran: SqlRun = { statements: [], done: [], results: [] };
type Trouble = Exclude<StatementEnd, { status: 'done' }>;
const ms = 1;
const refused: Trouble = {
  status: 'failed',
  failure: { sqlstate: '22012', message: 'division by zero' },
  ms,
};
const stopped = (end: Trouble): SqlRun => ({
  ...ran,
  trouble: { end, place },
});

describe('the end of SQL', () => {
  const [error] = expectationsOf(fence('error', '22012: division by zero')) as readonly ErrorExpectation[];
  const judged = (run: SqlRun, expected = error) => judgeEnd(run, expected, sqlBlock!);

  test('nothing is said of one that went well', () => {
    expect(judgeEnd(ran, undefined, sqlBlock!)).toEqual([]);
  });

  test('the error that the lesson shows', () => {
    expect(judged(stopped(refused))).toMatchObject([
      { status: 'passed', claim: 'failed, as expected: 22012', place: error!.place },
    ]);
  });

  test('no error, where the lesson shows one', () => {
    expect(judged(ran)).toMatchObject([
      { status: 'failed', expected: '22012: division by zero', actual: 'no error' },
    ]);
  });

  test('another error is the cause of all that fails after it', () => {
    const failure = { sqlstate: '42P01', message: 'relation "t" does not exist' };
    expect(judged(stopped({ status: 'failed', failure, ms }))).toMatchObject([
      { status: 'failed', actual: '42P01: relation "t" does not exist', isCause: true, failure },
    ]);
  });

  test.each<[string, Trouble]>([
    ['22012: division by zero', refused],
    ['timed out: not done within 5 s, and cancelled', { status: 'timed-out', ms }],
    ['interrupted', { status: 'interrupted', ms }],
    ['the connection was lost: gone', { status: 'lost', message: 'gone', ms }],
  ])('where none is expected: %s', (actual, end) => {
    expect(judgeEnd(stopped(end), undefined, sqlBlock!)).toMatchObject([
      { status: 'failed', title: 'SQL', place, expected: 'no error', actual, isCause: true },
    ]);
  });

  test('a lost connection is not the error that the lesson shows', () => {
    expect(judged(stopped({ status: 'lost', message: 'gone', ms }))).toMatchObject([{ status: 'failed' }]);
  });
});

describe('results', () => {
  const expected = expectationsOf(
    fence('result', ' a', '---', ' 1'),
    fence('result', ' b', '---', ' 2', '...'),
  ) as readonly ResultExpectation[];
  /** Of a statement that returned so many rows; each matcher finds the same. */
  const result = (rowCount: number, difference?: object) =>
    ({
      rowCount,
      matchers: expected.map(() => ({ finish: () => difference })),
    }) as unknown as SqlRun['results'][number];
  const judged = (...results: SqlRun['results']) => judgeResults({ ...ran, results }, expected);

  test('the last ones are those that are described', () => {
    const different = { kind: 'rows' };
    expect(judged(result(7, different), result(1), result(3))).toMatchObject([
      { status: 'passed', place: expected[0]!.place },
      { status: 'passed', place: expected[1]!.place },
    ]);
  });

  test('what differs is told with the rows that were expected, and those that came', () => {
    const difference = { kind: 'rows' };
    expect(judged(result(2, difference), result(0, difference))).toMatchObject([
      { status: 'failed', expected: '1 row', actual: '2 rows', difference },
      { status: 'failed', expected: 'at least 1 row', actual: '0 rows', difference },
    ]);
  });

  test('a result that did not come', () => {
    expect(judged(result(1))).toMatchObject([
      { status: 'failed', expected: 'a result with the columns a', actual: 'no such result' },
      { status: 'passed' },
    ]);
  });
});

describe('the end of commands', () => {
  const [block] = blocksOf(oneStep(fence('bash {exit=3 timeout=5s}', 'exit 3'))) as readonly ShellBlock[];
  const judged = (end: ShellEnd) => judgeExit(end, block!);

  test('the exit code that the lesson says', () => {
    expect(judged({ status: 'exited', exitCode: 3, output: '' })).toMatchObject([
      { status: 'passed', claim: 'failed, as expected: exit code 3' },
    ]);
  });

  test.each<[string, ShellEnd]>([
    ['exit code 0', { status: 'exited', exitCode: 0, output: '' }],
    ['ended by SIGSEGV', { status: 'killed', signal: 'SIGSEGV', output: '' }],
    ['timed out: not done within 5 s, and killed', { status: 'timed-out', output: '' }],
    ['interrupted', { status: 'interrupted', output: '' }],
  ])('another one: %s', (actual, end) => {
    expect(judged(end)).toMatchObject([{ status: 'failed', expected: 'exit code 3', actual, isCause: true }]);
  });
});
