import { expect, test } from 'vitest';
import { countTasks } from '../../../runner/checks/tasks.ts';

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
