// The walk with a learner who decides, on a real cluster.
import { beforeAll, expect, test } from 'vitest';
import type { ClusterInfo } from '../../../runner/cluster/info.ts';
import { onCoordinator, readClusterInfo } from '../../../runner/cluster/info.ts';
import type { Cluster } from '../../../runner/cluster/port.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import type { LessonEvent } from '../../../runner/run/events.ts';
import { type Control, execute, unattended } from '../../../runner/run/execute.ts';
import { plan } from '../../../runner/run/plan.ts';
import { testCluster } from '../../support/cluster.ts';

const { signal } = new AbortController();
let cluster: Cluster;
let info: ClusterInfo;

beforeAll(async () => {
  cluster = await testCluster();
  info = await onCoordinator(cluster, (coordinator) => readClusterInfo(cluster, coordinator, signal));
});

const lesson = parseLesson(
  'lessons/01-a.md',
  [
    '---\ninit: false\n---\n# A',
    '## One\n\n```sql\nSELECT 1 AS n;\n```\n\n```sql\nSELECT 2 AS n;\n```',
    '## Two\n\n```sql\nSELECT 3 AS n;\n```\n```result\n n\n---\n 4\n```\n',
  ].join('\n\n'),
);

async function walk(control: Partial<Control>) {
  const shell = () => Promise.reject(new Error('no shell here'));
  const context = { cluster, info, initSql: '', shell, control: { ...unattended, ...control }, signal };
  const events: LessonEvent[] = [];
  const walking = execute(plan(lesson, info, { solve: false }), context);
  for (;;) {
    const { value, done } = await walking.next();
    if (done) return { events, status: value, ran: ran(events) };
    events.push(value);
  }
}

const ran = (events: readonly LessonEvent[]) =>
  events.flatMap((event) => (event.type === 'statement-finished' ? event.sql : []));

test('unattended, every block runs, and the first failure ends the lesson', async () => {
  const { ran: statements, status } = await walk({});
  expect(statements).toEqual(['SELECT 1 AS n', 'SELECT 2 AS n', 'SELECT 3 AS n']);
  expect(status).toBe('failed');
});

test('skipping takes the rest of the step, and the next one is asked for', async () => {
  const { events, ran: statements } = await walk({
    before: async ({ text }) => ({ do: text.includes('1') ? 'skip' : 'run' }),
  });
  expect(statements).toEqual(['SELECT 3 AS n']);
  expect(events.filter((event) => event.type === 'step-finished').map(({ status }) => status)).toEqual([
    'skipped',
    'failed',
  ]);
});

test('leaving ends the lesson where it is', async () => {
  const { ran: statements, status } = await walk({
    before: async ({ text }) => ({ do: text.includes('2') ? 'leave' : 'run' }),
  });
  expect(statements).toEqual(['SELECT 1 AS n']);
  expect(status).toBe('left');
});

test('after a failure the block can run again', async () => {
  let failures = 0;
  const { ran: statements, status } = await walk({
    afterFailure: async () => {
      failures += 1;
      return failures < 3 ? 'again' : 'stop';
    },
  });
  expect(statements.filter((sql) => sql === 'SELECT 3 AS n')).toHaveLength(3);
  expect(status).toBe('failed');
});

test('what the learner writes runs instead of the block', async () => {
  const { events, status } = await walk({
    before: async ({ text }) => ({ do: 'run', ...(text.includes('3') ? { answer: 'SELECT 4 AS n' } : {}) }),
  });
  expect(status).toBe('passed');
  expect(events).toContainEqual(expect.objectContaining({ type: 'block-started', answer: 'learner' }));
});
