import { expect, test } from 'vitest';
import type { LessonEvent } from '../../../runner/run/events.ts';
import { countLessons, emptySession, reduce } from '../../../runner/run/session.ts';

const place = { file: 'lesson.md', line: 1 };
const engine = { kind: 'built-in', version: '', postgres: '18.4' } as const;
const cluster = { kind: 'local', name: 'default', workers: 2, engine } as const;

const started: LessonEvent = { type: 'lesson-started', lesson: '01-a', title: 'A', place, steps: 1, cluster };
const block = (status: 'passed' | 'failed' | 'skipped'): LessonEvent => ({
  type: 'block-finished',
  status,
  place,
  outcomes: [],
  attempts: 1,
  ms: 1,
});
const tried = (held: boolean): LessonEvent => ({
  type: 'answer-tried',
  step: 'a',
  answer: 'wrong',
  place,
  should: 'fail',
  held,
  seen: '',
  ms: 1,
});
const finished: LessonEvent = { type: 'lesson-finished', lesson: '01-a', status: 'failed', ms: 12 };

test('a session counts what happened to its blocks and answers', () => {
  const events = [started, block('passed'), block('skipped'), tried(true), tried(false), finished];
  expect(events.reduce(reduce, emptySession).lessons).toEqual([
    { id: '01-a', status: 'failed', passed: 2, failed: 1, skipped: 1, ms: 12 },
  ]);
});

test('a lesson that has not ended is in no count', () => {
  const session = [started, finished, { ...started, lesson: '02-b' }].reduce(reduce, emptySession);
  expect(countLessons(session)).toEqual({
    passed: 0,
    failed: 1,
    skipped: 0,
    left: 0,
    interrupted: 0,
    lost: 0,
  });
});

test('what a background block has written is no result', () => {
  const stopped: LessonEvent = {
    type: 'writer-stopped',
    name: 'w',
    acknowledged: 1,
    refused: 9,
    troubleMs: 5,
    errors: [],
  };
  const before = [started, block('passed')].reduce(reduce, emptySession);
  expect(reduce(before, stopped)).toEqual(before);
});

test('events before any lesson change nothing', () => {
  expect(reduce(emptySession, block('passed'))).toEqual(emptySession);
});
