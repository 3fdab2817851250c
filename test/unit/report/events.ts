// Events that the tests of reporters share: one lesson in which everything happens.
import type { LessonEvent } from '../../../runner/session/events.ts';
import { needsEngine } from '../../../runner/session/plan.ts';

export const place = { file: 'lessons/01-a.md', line: 12 };

const engine = { kind: 'built-in', version: 'lesson built-in engine 0.1.0', postgres: '18.4' } as const;

export const started: LessonEvent = {
  type: 'lesson-started',
  lesson: '01-a',
  title: 'First',
  place,
  steps: 1,
  minutes: 5,
  cluster: { kind: 'local', name: 'default', workers: 2, engine },
};

export const stepStarted: LessonEvent = {
  type: 'step-started',
  step: 'count',
  title: 'Count <them> & more',
  number: 1,
  place,
};

export const blockReached: LessonEvent = {
  type: 'block-reached',
  number: 1,
  kind: 'sql',
  text: 'SELECT 1 AS n;',
  place,
};

export const statement: LessonEvent = {
  type: 'statement-finished',
  sql: 'SELECT 1 AS n',
  place,
  command: 'SELECT 1',
  columns: ['n'],
  rows: [['1']],
  rowCount: 1,
  ms: 1.23,
};

export const passed: LessonEvent = {
  type: 'block-finished',
  status: 'passed',
  place,
  outcomes: [
    { status: 'passed', title: 'result', place, claim: 'the result is as shown' },
    { status: 'passed', title: 'rows of t', place, claim: '1,000 rows in t' },
  ],
  attempts: 1,
  ms: 2,
};

export const failed: LessonEvent = {
  type: 'block-finished',
  status: 'failed',
  place,
  outcomes: [
    {
      status: 'failed',
      title: 'rows of t',
      place,
      expected: '1000',
      actual: '999',
      say: 'Did you insert them all?',
      look: 'SELECT count(*) FROM t;',
    },
    {
      status: 'failed',
      title: 'result',
      place,
      expected: '1 row',
      actual: '2 rows',
      difference: {
        place,
        columns: ['name', 'n'],
        missingColumns: [],
        unexpectedColumns: [],
        rowCount: { expected: 1, isAtLeast: false, actual: 2 },
        changed: [
          {
            expected: { cells: ['a', '1'], place: { ...place, line: 20 } },
            actual: { row: 1, cells: ['a', '2'] },
            cells: [{ column: 'n', expected: '1', actual: '2' }],
          },
        ],
        missing: [],
        unexpected: [{ row: 2, cells: ['b', ''] }],
        missingCount: 1,
        unexpectedCount: 2,
      },
    },
  ],
  attempts: 1,
  ms: 2,
};

const failure = { sqlstate: '42P16', message: 'table "t" is already distributed' };

export const statementFailed: LessonEvent = {
  type: 'statement-failed',
  sql: "SELECT create_distributed_table('t', 'n')",
  place,
  failure,
  expected: false,
  ms: 1,
};

export const endedByError: LessonEvent = {
  type: 'block-finished',
  status: 'failed',
  place,
  outcomes: [
    {
      status: 'failed',
      title: 'SQL',
      place,
      expected: 'no error',
      actual: '42P16: table "t" is already distributed',
      isCause: true,
      failure,
    },
    { status: 'failed', title: 'shards of t', place, expected: '4', actual: '32' },
    { status: 'failed', title: 'rows of t', place, expected: '5', actual: '0' },
    { status: 'passed', title: 'workers', place, claim: '2 active workers' },
  ],
  attempts: 1,
  ms: 2,
};

export const skipped: LessonEvent = {
  type: 'block-finished',
  status: 'skipped',
  place,
  outcomes: [],
  reason: 'this step needs port 5432',
  attempts: 0,
  ms: 0,
};

/** Skipped on the built-in engine, in a line of the lesson. */
export const forCitus = (line: number): LessonEvent =>
  ({ ...skipped, place: { ...place, line }, reason: needsEngine('citus', engine) }) as LessonEvent;

const citus = { kind: 'citus', version: 'Citus 13.2', postgres: '18.4' } as const;

/** Skipped on real Citus. */
export const forBuiltIn = (line: number): LessonEvent =>
  ({ ...skipped, place: { ...place, line }, reason: needsEngine('built-in', citus) }) as LessonEvent;

export const writerStopped = (refused: number): LessonEvent => ({
  type: 'writer-stopped',
  name: 'w',
  acknowledged: 214,
  refused,
  outageMs: refused === 0 ? 0 : 812,
  errors: refused === 0 ? [] : ['08006: the \u001bserver went away'],
});

export const stepFinished = (status: 'passed' | 'failed' | 'skipped'): LessonEvent => ({
  type: 'step-finished',
  step: 'count',
  status,
  ms: 15,
});

export const tried = (isHeld: boolean): LessonEvent => ({
  type: 'answer-tried',
  step: 'count',
  answer: 'wrong',
  place,
  should: 'fail',
  passed: isHeld,
  seen: 'all expectations were met',
  failed: [],
  ms: 30,
});

export const mutationsTried = (noticed: 9 | 10): LessonEvent => ({
  type: 'mutations-tried',
  place,
  tried: 10,
  noticed,
  survivors: noticed === 10 ? [] : [{ place, what: 'a row of t is deleted' }],
  ms: 5_000,
});

export const finished = (status: 'passed' | 'partial' | 'failed' | 'lost' | 'skipped'): LessonEvent => ({
  type: 'lesson-finished',
  lesson: '01-a',
  status,
  ran: 4,
  blocks: 10,
  ms: 1_500,
});

export const runFinished = {
  type: 'run-finished',
  lessons: { passed: 1, partial: 1, failed: 1, skipped: 0, left: 0, interrupted: 0, lost: 0 },
  ms: 3_000,
} as const satisfies LessonEvent;
