import { expect, test } from 'vitest';
import { withoutVerdicts } from '../../../../runner/session/blocks/replay.ts';
import { blocksOf, fence, oneStep } from '../../lesson/lesson-text.ts';

const kept = (...fences: readonly string[]) =>
  withoutVerdicts(blocksOf(oneStep(...fences))[0]!).expectations.map((expectation) =>
    expectation.kind === 'checks' ? expectation.checks.map(({ kind }) => kind) : expectation.kind,
  );

const result = fence('result', ' n', '---', ' 1');

test('results and checks that held are not looked at again', () => {
  expect(kept(fence('sql', 'SELECT 1 AS n'), result, fence('check', 'shards: 4'))).toEqual([]);
});

test('an error that must come must come again', () => {
  expect(kept(fence('sql', 'SELECT nosuch'), fence('error', '42703'))).toEqual(['error']);
});

test('what may take a while to become true is waited for', () => {
  const checks = fence('check', 'shards: 4', 'workers: {is: 2, eventually: 5s}');
  expect(kept(fence('sql', 'SELECT 1'), checks)).toEqual([['workers']]);
  expect(kept(fence('sql {retry=5s}', 'SELECT 1 AS n'), result, checks)).toEqual([
    'result',
    ['shards', 'workers'],
  ]);
});
