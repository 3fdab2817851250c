// What a block did against what its lesson expects: its end, its results, its exit code. Pure.
import type { SqlFailure, StatementEnd } from '../../connect/connection.ts';
import { matchError } from '../../lesson/match.ts';
import { plural } from '../../lesson/plural.ts';
import type { Block, ErrorExpectation, Place, ResultExpectation, ShellBlock } from '../../lesson/types.ts';
import type { FailedOutcome, Outcome } from '../events.ts';
import type { ShellEnd } from './shell-block.ts';
import type { SqlRun } from './sql-block.ts';

/** Whether the block ended as it should: without an error, or with the one that the lesson shows. */
export function judgeEnd(run: SqlRun, error: ErrorExpectation | undefined, block: Block): Outcome[] {
  if (run.trouble === undefined) {
    if (error === undefined) return [];
    return [
      {
        status: 'failed',
        title: 'error',
        place: error.place,
        expected: describeError(error),
        actual: 'no error',
      },
    ];
  }
  const { end, place } = run.trouble;
  if (end.status === 'failed' && error !== undefined) {
    const { failure } = end;
    const about = { title: 'error', place: error.place };
    if (matchError(error, failure)) {
      return [{ status: 'passed', ...about, claim: `failed, as expected: ${failure.sqlstate}` }];
    }
    const expected = describeError(error);
    const actual = describeFailure(failure);
    return [{ status: 'failed', ...about, expected, actual, isCause: true, failure }];
  }
  return [
    {
      status: 'failed',
      title: 'SQL',
      place,
      expected: 'no error',
      actual: describeEnd(end, block),
      isCause: true,
      ...(end.status === 'failed' ? { failure: end.failure } : {}),
    },
  ];
}

function describeEnd(end: Exclude<StatementEnd, { status: 'done' }>, block: Block): string {
  switch (end.status) {
    case 'failed':
      return describeFailure(end.failure);
    case 'timed-out':
      return `timed out: not done within ${block.timeoutMs / 1000} s, and cancelled`;
    case 'interrupted':
      return 'interrupted';
    case 'lost':
      return `the connection was lost: ${end.message}`;
  }
}

function describeFailure({ sqlstate, message }: SqlFailure): string {
  return `${sqlstate}: ${message}`;
}

function describeError({ sqlstate, message }: ErrorExpectation): string {
  return [sqlstate, message].filter((part) => part !== undefined).join(': ') || 'an error';
}

/** The last k `result` fences describe the last k statements that return columns. */
export function judgeResults({ results }: SqlRun, expected: readonly ResultExpectation[]): Outcome[] {
  const offset = results.length - expected.length;
  return expected.map((expectation, index): Outcome => {
    const { place } = expectation;
    const difference = results[offset + index]?.matchers[index]?.finish();
    const result = results[offset + index];
    if (result === undefined) return noResult(place, expectation);
    if (difference === undefined) {
      return { status: 'passed', title: 'result', place, claim: 'the result is as shown' };
    }
    return {
      status: 'failed',
      title: 'result',
      place,
      expected: countRows(expectation.rowCount ?? expectation.rows.length, expectation.open),
      actual: countRows(result.rowCount, false),
      difference,
    };
  });
}

function noResult(place: Place, { columns }: ResultExpectation): FailedOutcome {
  return {
    status: 'failed',
    title: 'result',
    place,
    expected: columns.length === 0 ? 'a result' : `a result with the columns ${columns.join(', ')}`,
    actual: 'no such result',
  };
}

function countRows(count: number, open: boolean): string {
  return `${open ? 'at least ' : ''}${plural(count, 'row')}`;
}

function exitClaim(code: number): string {
  return code === 0 ? 'the commands succeeded' : `failed, as expected: exit code ${code}`;
}

export function judgeExit(end: ShellEnd, block: ShellBlock): Outcome[] {
  const expected = `exit code ${block.exit}`;
  const fail = (actual: string): Outcome[] => [
    { status: 'failed', title: 'shell', place: block.place, expected, actual, isCause: true },
  ];
  switch (end.status) {
    case 'exited':
      if (end.exitCode !== block.exit) return fail(`exit code ${end.exitCode}`);
      return [{ status: 'passed', title: expected, place: block.place, claim: exitClaim(block.exit) }];
    case 'killed':
      return fail(`ended by ${end.signal}`);
    case 'timed-out':
      return fail(`timed out: not done within ${block.timeoutMs / 1000} s, and killed`);
    case 'interrupted':
      return fail('interrupted');
  }
}
