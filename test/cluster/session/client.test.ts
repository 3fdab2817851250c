// A client of forty lines, on a real cluster: no terminal, no walk; out of order, cancelled, restored, finished.
import { expect, test } from 'vitest';
import { onCoordinator, readClusterInfo } from '../../../runner/cluster/info.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import type { RunEvent } from '../../../runner/session/events.ts';
import { plan } from '../../../runner/session/plan.ts';
import { openSession } from '../../../runner/session/session.ts';
import { openStream } from '../../../runner/session/stream.ts';
import { emptyRun, reduce } from '../../../runner/session/view.ts';
import { testCluster } from '../../support/cluster.ts';
import { invalidEvents } from '../../support/event-schema.ts';
import { never } from '../../support/servers.ts';

const sql = (text: string, info = 'sql') => ['', `\`\`\`${info}`, text, '```'];
const lesson = parseLesson(
  '01-a.md',
  [
    ...['---', 'init: false', '---', '# A', '## Make'],
    ...sql('CREATE TABLE t (k int);'),
    ...sql('INSERT INTO t VALUES (1);'),
    ...['## Answer', ...sql('SELECT', 'sql {exercise}'), '', '```check', 'rows: {t: 2}', '```'],
    ...sql('INSERT INTO t VALUES (2);', 'sql {solution}'),
  ].join('\n'),
);

test('a client drives a session by requests, and paints it from the events', async () => {
  const cluster = await testCluster();
  const info = await onCoordinator(cluster, (coordinator) => readClusterInfo(cluster, coordinator, never));
  const events: RunEvent[] = [];
  const stream = openStream('1.0.0', (event) => events.push(event));
  const shell = () => Promise.reject(new Error('no shell here'));
  const session = openSession(plan(lesson, info, { solve: false }), {
    ...{ cluster, initSql: '', shell, stream, signal: never },
  });
  const view = () => events.reduce(reduce, emptyRun).lessons[0]!;
  const statuses = () => view().steps.flatMap(({ blocks }) => blocks.map(({ id, status }) => [id, status]));

  await session.request({ do: 'start' });
  await session.request({ do: 'run', block: 'answer/1', answer: 'INSERT INTO t VALUES (2);' }); // too early
  expect(statuses()).toEqual([['answer/1', 'failed']]);
  await session.request({ do: 'run', block: 'make/1' });
  const slow = session.request({ do: 'run', block: 'make/2', answer: 'SELECT pg_sleep(60)' });
  await session.request({ do: 'cancel' });
  await slow;
  expect(statuses()).toContainEqual(['make/2', 'cancelled']);
  await session.request({ do: 'restore', block: 'answer/1' });
  expect(events.at(-1)).toMatchObject({ type: 'restored', by: 'replay', block: 'answer/1' });
  await session.request({ do: 'run', answer: 'SELECT count(*) FROM t' }); // wrong, and leaves no trace
  await session.request({ do: 'restore', block: 'answer/1' });
  expect(events.at(-1)).toMatchObject({ type: 'restored', by: 'nothing' });
  await session.request({ do: 'run', answer: 'INSERT INTO t SELECT 3' });
  await session.request({ do: 'next' });
  await session.close();
  expect(view().status).toBe('passed');
  expect(invalidEvents(events)).toEqual([]);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
});
