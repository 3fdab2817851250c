// The visible state from events alone.
import { describe, expect, test } from 'vitest';
import type { Envelope, LessonEvent, RunEvent } from '../../../runner/session/events.ts';
import { emptyRun, reduce } from '../../../runner/session/view.ts';

const place = { file: 'lesson.md', line: 1 };
const engine = { kind: 'built-in', version: '', postgres: '18.4' } as const;
const cluster = { kind: 'local', name: 'default', workers: 2, engine } as const;

const started: LessonEvent = { type: 'lesson-started', lesson: '01-a', title: 'A', place, steps: 1, cluster };
const finished: LessonEvent = {
  type: 'lesson-finished',
  lesson: '01-a',
  status: 'failed',
  ran: 1,
  blocks: 2,
  ms: 12,
};
const step: LessonEvent = { type: 'step-started', step: 'one', title: 'One', number: 1, place };
const reachedAs = (number: number): LessonEvent => ({
  type: 'block-reached',
  kind: 'sql',
  text: 'SELECT 1',
  place,
  number,
});
const reached = reachedAs(1);
const run: LessonEvent = { type: 'block-started', text: 'SELECT 1' };
const ended = (status: 'passed' | 'failed' | 'skipped' | 'cancelled'): LessonEvent => ({
  type: 'block-finished',
  status,
  place,
  outcomes: [],
  attempts: 1,
  ms: 1,
});
const tried = (passed: boolean): LessonEvent => ({
  type: 'answer-tried',
  step: 'one',
  answer: 'wrong',
  place,
  should: 'fail',
  passed,
  seen: '',
  failed: [],
  ms: 1,
});

type Told = LessonEvent & Partial<Envelope>;

const viewOf = (...events: readonly Told[]) =>
  events.map((event, seq): RunEvent => ({ step: 'one', ...event, seq })).reduce(reduce, emptyRun);
/** In the envelope of a block. */
const of = (block: string, event: LessonEvent, attempt = 1): Told => ({ block, attempt, ...event });
const lessonOf = (...events: readonly Told[]) => viewOf(started, step, ...events).lessons[0]!;
const blocksOf = (...events: readonly Told[]) => lessonOf(...events).steps[0]!.blocks;

test('a guess is shown beside what came, until its block runs again', () => {
  const prediction = { question: 'Which?', guess: 'a', answer: 'b' };
  const guessed = { ...ended('passed'), prediction } as LessonEvent;
  const events = [of('a', reached), of('a', run), of('a', guessed)];
  expect(blocksOf(...events)[0]).toMatchObject({ prediction });
  expect(blocksOf(...events, of('a', run))[0]).not.toHaveProperty('prediction');
});

describe('a lesson', () => {
  test('counts what happened to its blocks and answers; a cancelled block is in no count', () => {
    const { status, passed, failed, skipped, ms } = viewOf(
      started,
      ended('passed'),
      ended('skipped'),
      ended('cancelled'),
      tried(true),
      tried(false),
      finished,
    ).lessons[0]!;
    expect({ status, passed, failed, skipped, ms }).toEqual({
      status: 'failed',
      passed: 2,
      failed: 1,
      skipped: 1,
      ms: 12,
    });
  });

  test('that was cut off leaves no block running', () => {
    expect(blocksOf(of('one/1', reached), of('one/1', run), finished)).toMatchObject([{ status: 'failed' }]);
  });

  test('is told of nothing before it began', () => {
    expect(viewOf(ended('passed'))).toEqual(emptyRun);
  });

  test('knows its steps and how they ended, however often one is entered', () => {
    const over: LessonEvent = { type: 'step-finished', step: 'one', status: 'passed', ms: 1 };
    expect(lessonOf(over).steps).toMatchObject([{ id: 'one', number: 1, status: 'passed' }]);
    expect(lessonOf(over, step).steps).toMatchObject([{ id: 'one', status: 'running' }]);
  });

  test('shows that it is being restored until it is, or could not be', () => {
    const restoring: LessonEvent = { type: 'restoring', done: 1, total: 3 };
    const restored: LessonEvent = { type: 'restored', by: 'replay', ms: 700 };
    const not: LessonEvent = { type: 'restore-failed', place, outcomes: [], ms: 1 };
    expect(lessonOf(restoring).restoring).toEqual({ done: 1, total: 3 });
    expect(lessonOf(restoring, of('one/1', restored)).restoring).toBeUndefined();
    expect(lessonOf(restoring, not).restoring).toBeUndefined();
  });
});

describe('a block', () => {
  test('is there once it is reached, and shows what its last attempt printed', () => {
    const output: LessonEvent = { type: 'shell-output', text: 'hello' };
    const events = [
      of('one/1', reached),
      of('one/1', run, 1),
      of('one/1', output, 1),
      of('one/1', ended('failed'), 1),
      of('one/1', { ...run, text: 'SELECT 2', answer: 'learner' }, 2),
      of('one/1', output, 2),
    ];
    expect(blocksOf(...events.slice(0, 1))).toMatchObject([{ id: 'one/1', status: 'reached', attempt: 0 }]);
    expect(blocksOf(...events.slice(0, 4))).toMatchObject([{ status: 'failed', attempt: 1 }]);
    expect(blocksOf(...events)).toMatchObject([
      {
        text: 'SELECT 2',
        answer: 'learner',
        status: 'running',
        attempt: 2,
        output: [{ kind: 'text', text: 'hello' }],
      },
    ]);
  });

  test('shows notices, results, errors and what writers have written', () => {
    const failure = { sqlstate: '42P01', message: 'no such table' };
    const result = {
      sql: 's',
      place,
      command: 'SELECT 1',
      columns: ['n'],
      rows: [['1']],
      rowCount: 1,
      ms: 1,
    };
    const report = { name: 'w', acknowledged: 1, refused: 0, outageMs: 0, errors: [] };
    const [block] = blocksOf(
      of('one/1', reached),
      of('one/1', run),
      of('one/1', { type: 'notice', notice: { severity: 'NOTICE', message: 'm' } }),
      of('one/1', { type: 'statement-finished', ...result }),
      of('one/1', { type: 'statement-failed', sql: 's', place, failure, expected: true, ms: 1 }),
      of('one/1', { type: 'writer-stopped', ...report }),
    );
    expect(block!.output.map(({ kind }) => kind)).toEqual(['notice', 'result', 'error', 'writer']);
  });

  test('is stale once the cluster was brought back to a state before it', () => {
    const restored: LessonEvent = { type: 'restored', by: 'replay', ms: 1 };
    const both = [
      of('one/1', reached),
      of('one/1', run),
      of('one/1', ended('passed')),
      of('one/2', reachedAs(2)),
      of('one/2', run),
      of('one/2', ended('passed')),
    ];
    const statuses = (...events: readonly Told[]) => blocksOf(...events).map(({ status }) => status);
    expect(statuses(...both, of('one/2', restored))).toEqual(['passed', 'stale']);
    const backwards = [...both.slice(3), ...both.slice(0, 3)];
    expect(statuses(...backwards, of('one/1', restored))).toEqual(['stale', 'stale']);
    expect(statuses(...both, of('one/1', { ...restored, by: 'nothing' }))).toEqual(['passed', 'passed']);
  });
});
