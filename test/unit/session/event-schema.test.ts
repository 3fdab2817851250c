// The JSON Schema of the events, held against runs in which everything happens.
import { expect, test } from 'vitest';
import type { LessonEvent, RunEvent } from '../../../runner/session/events.ts';
import { openStream } from '../../../runner/session/stream.ts';
import { invalidEvents, schemaTypes } from '../../support/event-schema.ts';
import * as on from '../report/events.ts';
import { failed, lessonOf, passed, simulate } from './simulation.ts';

/** Each type once: a new one that is missing here is an error of types. */
const types: Readonly<Record<LessonEvent['type'], true>> = {
  'run-started': true,
  'lesson-started': true,
  'cluster-reset': true,
  prose: true,
  'step-started': true,
  'block-reached': true,
  'block-started': true,
  restoring: true,
  restored: true,
  'restore-failed': true,
  notice: true,
  'statement-finished': true,
  'statement-failed': true,
  'shell-output': true,
  'writer-stopped': true,
  'block-finished': true,
  'exercise-checked': true,
  'step-finished': true,
  'answer-tried': true,
  'lesson-finished': true,
  'mutations-tried': true,
  'run-finished': true,
};

test('the schema knows all types of events', () => {
  expect([...schemaTypes].sort()).toEqual(Object.keys(types).sort());
});

const lines = ['## One', '', 'Prose.', '```sql', 'one', '```', '```sql {exercise}', 'start', '```'];
const lesson = lessonOf(...lines, '```sql {solution}', 'right', '```', '```sql {wrong}', 'wrong', '```');

test('what a session publishes is as the schema says', () => {
  const session = simulate(lesson, {
    blockMs: 600,
    end: (text, times) => ({
      outcomes: [text === 'wrong' || (text === 'one' && times === 3) ? failed : passed],
    }),
  });
  const wrong = { answer: 'wrong', text: 'wrong', place: on.place, should: 'fail' } as const;
  session.request({ do: 'start' });
  session.request({ do: 'next' });
  session.request({ do: 'run' });
  session.request({ do: 'try', block: 'one/2', trial: wrong });
  session.request({ do: 'restore', block: 'one/2' });
  session.request({ do: 'run', answer: 'mine' });
  session.request({ do: 'run', block: 'one/1', answer: 'other' });
  session.request({ do: 'restore', block: 'one/2' }); // fails
  session.request({ do: 'skip' });
  session.request({ do: 'leave' });
  const events: RunEvent[] = [];
  const stream = openStream('1.0.0', (event) => events.push(event));
  for (const { block, attempt, ...event } of session.events) {
    stream.publish(event as LessonEvent, {
      lesson: '01-a',
      ...(block && { block }),
      ...(attempt && { attempt }),
    });
  }
  expect(new Set(events.map(({ type }) => type))).toContain('restore-failed');
  expect(invalidEvents(events)).toEqual([]);
});

test('what blocks print is as the schema says', () => {
  const fixed = Object.values(on).filter((each) => typeof each === 'object' && 'type' in each);
  const printed = [...fixed, on.mutationsTried(9)];
  expect(printed.length).toBeGreaterThan(5);
  expect(invalidEvents(printed.map((event, i) => ({ seq: i + 1, ...event })))).toEqual([]);
});

test('an event that lacks a member, or has one that nobody knows, is not', () => {
  const { text: _, ...less } = { seq: 1, type: 'shell-output', text: '' };
  expect(invalidEvents([less, { seq: 1, type: 'shell-output', text: '', more: 1 }])).toHaveLength(2);
});
