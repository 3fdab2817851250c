import { expect, test } from 'vitest';
import { failedChecks } from '../../../runner/session/failed-checks.ts';
import { passed } from './simulation.ts';

const place = { file: '01-a.md', line: 1 };

test('an answer on another cluster fails in the same way, whatever the ports of its nodes are', () => {
  const actual = (text: string) =>
    failedChecks([passed, { status: 'failed', title: 'rows', place, expected: '1', actual: text }])[0]
      ?.actual;
  expect(actual('could not connect to server "worker-1-standby:25267"')).toBe(
    'could not connect to server "worker-1-standby:*"',
  );
  expect(actual('worker-2:5432, coordinator:20001')).toBe('worker-2:*, coordinator:*');
  expect(actual('at 12:30, 4:1000 rows')).toBe('at 12:30, 4:1000 rows');
});

test('a result that differs fails with its wrong rows, the first ones', () => {
  const row = (at: number, ...cells: readonly string[]) => ({ row: at, cells });
  const expected = { cells: [], line: 1 } as never;
  const difference = {
    place,
    columns: ['a', 'b'],
    missingColumns: [],
    unexpectedColumns: [],
    rowCount: { expected: 2, isAtLeast: false, actual: 14 },
    changed: [{ expected, actual: row(2, 'x', 'worker-1:25267'), cells: [] }],
    missing: [],
    unexpected: [row(1, '1', '2'), ...Array.from({ length: 12 }, (_, at) => row(at + 3, 'more', `${at}`))],
    missingCount: 1,
    unexpectedCount: 14,
  };
  const outcome = {
    status: 'failed',
    title: 'result',
    place,
    expected: '2 rows',
    actual: '14 rows',
  } as const;
  const [failed] = failedChecks([{ ...outcome, difference }]);
  expect(failed?.rows?.split('\n')).toHaveLength(10);
  expect(failed?.rows).toMatch(/^1 \| 2\nx \| worker-1:\*\nmore \| 0\n/);
  expect(
    failedChecks([{ ...outcome, difference: { ...difference, unexpectedColumns: ['c'] } }])[0]?.rows,
  ).toMatch(/^c\n1 \| 2\n/);
});
