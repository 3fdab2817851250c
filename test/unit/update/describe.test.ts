import { expect, test } from 'vitest';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import type { FailedOutcome } from '../../../runner/session/events.ts';
import { describeFilled, describeLeft, describeUnsteady } from '../../../runner/update/describe.ts';
import { fence, oneStep } from '../lesson/lesson-text.ts';

test('what was filled in is counted by kind', () => {
  expect(describeFilled('a.md', ['result', 'error', 'result'], false)).toBe(
    'a.md was updated: 2 results, 1 error.\n',
  );
  expect(describeFilled('a.md', ['output'], true)).toBe('a.md is out of date: 1 output.\n');
  expect(describeFilled('a.md', [], true)).toBe('');
});

test('blocks that are unchanged are named together for each reason', () => {
  const lesson = parseLesson('a.md', oneStep(...['1', '2', '3'].map((n) => fence('sql', `SELECT ${n}`))));
  const left = ['step/1', 'step/2', 'step/3'].map((id, i) => ({
    id,
    why: i === 1 ? 'no Citus' : 'the run ended',
  }));
  expect(describeLeft(lesson, left)).toBe(
    'a.md: 2 blocks are unchanged (lines 5, 11): the run ended.\na.md: 1 block is unchanged (line 8): no Citus.\n',
  );
});

test('what differs from run to run is told with what to do', () => {
  const failure = { sqlstate: '23505', message: 'key of t_102008' };
  const outcome = { status: 'failed', place: { file: 'a.md', line: 7 }, expected: '', actual: '' } as const;
  const failed: readonly FailedOutcome[] = [
    { ...outcome, title: 'error', failure },
    { ...outcome, title: 'output' },
    { ...outcome, title: 'rows of t' },
  ];
  expect(describeUnsteady([{ results: [], output: '', failed }])).toBe(
    'a.md:7: the error differs from run to run; leave out the part that differs.\n' +
      'a.md:7: the output differs from run to run; write * or ... where it differs.\n',
  );
});
