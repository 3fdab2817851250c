import { expect, test } from 'vitest';
import { failedChecks } from '../../../runner/session/state.ts';
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
