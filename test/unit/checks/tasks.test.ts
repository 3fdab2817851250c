import { expect, test } from 'vitest';
import type { Probe } from '../../../runner/checks/check.ts';
import { countTasks, tasks } from '../../../runner/checks/tasks.ts';

test('a Citus plan says its number of tasks', () => {
  const plan = 'Custom Scan (Citus Adaptive)\n  Task Count: 4\n  Tasks Shown: One of 4';
  expect(countTasks(plan)).toBe(4);
});

test('of a Citus plan with subplans the largest number counts', () => {
  expect(countTasks('Task Count: 1\n  ->  Distributed Subplan 1_1\n        Task Count: 4')).toBe(4);
});

test('a plan of foreign scans touches the shards that it names', () => {
  const plan = 'Append\n  ->  Foreign Scan on sensor_data_102008\n  ->  Foreign Scan on sensor_data_102011';
  expect(countTasks(plan)).toBe(2);
});

test('a shard that is named twice counts once', () => {
  expect(countTasks('Update on events_102009 events_1\n  ->  Foreign Update on events_102009 events_1')).toBe(
    1,
  );
});

test('co-located shards count once', () => {
  const plan = 'Foreign Scan\n  Relations: (customers_102008 c) INNER JOIN (orders_102012 o)';
  expect(countTasks(plan)).toBe(1);
});

test('a plan without shards touches none', () => {
  expect(countTasks('Result\n  One-Time Filter: false')).toBe(0);
});

// Plans of the built-in engine that name no shard. `everyTable`: a distributed table counts, too, not only a reference table.
const contradiction = 'Result\n  One-Time Filter: false';
const insert = 'Insert on events\n  ->  Result';

test.each([
  ['a query of a reference table', 'SELECT * FROM kinds', 'Seq Scan on kinds', false],
  ['a condition that is never true', 'SELECT * FROM events WHERE k = 1 AND k = 2', contradiction, true],
  ['an INSERT of one row', 'INSERT INTO events VALUES (1)', insert, true],
  [
    'an INSERT of one row that may be there',
    'INSERT INTO events VALUES (1) ON CONFLICT DO NOTHING',
    'Insert on events\n  Conflict Resolution: NOTHING\n  ->  Result',
    true,
  ],
])('%s is one task', async (_name, statement, plan, everyTable) => {
  const asked: string[] = [];
  expect(await examine(statement, plan, (sql) => asked.push(sql))).toMatchObject([{ passed: true }]);
  expect(asked[0]).toContain(`p.repmodel = 't' OR ${everyTable}`);
});

test.each([
  [
    'a change that finds no row',
    'UPDATE events SET v = 1 WHERE k = 1 AND k = 2',
    `Update on events\n  ->  ${contradiction}`,
  ],
  [
    'Citus itself says 0',
    'DELETE FROM events WHERE k = 1 AND k = 2',
    'Custom Scan (Citus Adaptive)\n  Task Count: 0',
  ],
])('%s is no task', async (_name, statement, plan) => {
  expect(await examine(statement, plan, () => {})).toMatchObject([{ passed: false, actual: '0' }]);
});

function examine(statement: string, plan: string, onAsk: (sql: string) => void) {
  const probe = {
    block: { judgedStatements: [statement], lastResult: undefined },
    session: async () => plan.split('\n').map((line) => [line]),
    coordinator: async (sql: string) => {
      onAsk(sql);
      return [['1']];
    },
  } as unknown as Probe;
  return tasks(1, probe);
}
