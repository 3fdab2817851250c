import { expect, test } from 'vitest';
import { widthOf } from '../../../runner/lesson/cell.ts';
import type { ReporterOptions } from '../../../runner/report/reporter.ts';
import { coloured, plain } from '../../../runner/report/style.ts';
import { terminalReporter } from '../../../runner/report/terminal.ts';
import type { LessonEvent } from '../../../runner/session/events.ts';
import * as on from './events.ts';

function show(events: readonly LessonEvent[], options: Partial<ReporterOptions> = {}): string {
  const report = terminalReporter({
    style: plain,
    width: 80,
    plain: false,
    command: 'lesson',
    detail: 'walk',
    ...options,
  });
  return events.map(report).join('');
}

test('the head says which engine it is, and that it is not Citus', () => {
  expect(show([on.started])).toBe(
    'First  01-a · about 5 minutes\n' +
      'Cluster "default" (local): a coordinator and 2 workers, ' +
      'the built-in engine (not Citus) on PostgreSQL 18.4.\n',
  );
});

test('the line beside the title of a step ends where it always does', () => {
  const [latin, chinese] = ['Count', '数一数'].map((title) =>
    show([{ ...on.stepStarted, type: 'step-started', title } as LessonEvent]),
  );
  expect(widthOf(chinese!.trimEnd())).toBe(widthOf(latin!.trimEnd()));
});

test('plain text has no lines and no borders, and breaks no line', () => {
  const prose = {
    type: 'prose',
    markdown: `> ${'word '.repeat(40)}\n\n- one\n\n---`,
    place: on.place,
  } as LessonEvent;
  const text = show([on.started, on.stepStarted, prose, on.blockReached], { plain: true });
  expect(text).toContain('Step 1 of 1: Count <them> & more\n\n');
  expect(text).toContain(`> ${'word '.repeat(40).trim()}\n\n- one\n\n---\n`);
  expect(text).toMatch(/\n {2}SELECT 1 AS n;\n\n$/);
  expect(text).not.toMatch(/[\u2500-\u257f•]/);
});

test('a lost cluster names the command that works here', () => {
  expect(show([on.finished('lost')], { command: 'npx lesson' })).toContain('run "npx lesson up"');
});

test('a block shows its SQL, its result as a table and what held', () => {
  expect(show([on.blockReached, on.statement, on.passed])).toBe(
    '│ SELECT 1 AS n;\n\n n\n---\n 1\n(1 row)  1.2 ms\n\n✓ result, rows of t\n\n',
  );
});

test('a failed check says where, expected, actual, the word of the author and what to look at', () => {
  expect(show([on.failed])).toContain(
    [
      '✗ rows of t  lessons/01-a.md:12',
      '    Did you insert them all?',
      '    expected 1000',
      '    actual   999',
      '    look at  SELECT count(*) FROM t;',
    ].join('\n'),
  );
});

test('a failed result shows the difference cell by cell', () => {
  expect(show([on.failed])).toContain(
    [
      '✗ result  lessons/01-a.md:12',
      '    expected 1 row, got 2',
      '    row 1 of the result, line 20 of the lesson',
      '      - expected n = 1',
      '      + actual   n = 2',
      '    row 2 of the result is not expected',
      '      + actual   name = b, n = (blank)',
    ].join('\n'),
  );
});

test('a row that is right but out of order is shown as that', () => {
  if (on.failed.type !== 'block-finished') throw new Error('another event');
  const outcomes = on.failed.outcomes.map((outcome) => {
    if (outcome.status !== 'failed' || outcome.difference === undefined) return outcome;
    const { difference } = outcome;
    return { ...outcome, difference: { ...difference, changed: [{ ...difference.changed[0]!, cells: [] }] } };
  });
  expect(show([{ ...on.failed, outcomes }])).toContain(
    [
      '    row 1 of the result is out of order, line 20 of the lesson',
      '      + actual   name = a, n = 2',
    ].join('\n'),
  );
});

test('more rows than are shown are counted', () => {
  const many: LessonEvent = {
    ...on.statement,
    type: 'statement-finished',
    rowCount: 5_000_000,
  } as LessonEvent;
  expect(show([many])).toContain('(5000000 rows)  the first 1 are shown');
});

test('a skipped block is loud and says why, in a summary too', () => {
  const line = 'SKIPPED lessons/01-a.md:12: only real Citus can show this';
  expect(show([on.skipped])).toContain(line);
  expect(show([on.skipped], { detail: 'summary' })).toContain(line);
});

test('a summary is a line a step, and still all of what failed', () => {
  const events = [
    on.started,
    on.stepStarted,
    on.blockReached,
    on.statement,
    on.passed,
    on.stepFinished('passed'),
  ];
  const text = show([...events, on.failed, on.tried(true), on.tried(false)], { detail: 'summary' });
  expect(text).toContain('  ✓ Count <them> & more  15 ms\n');
  expect(text).not.toContain('SELECT 1 AS n');
  expect(text).toContain('expected 1000');
  expect(text).toContain('    ✓ a wrong answer must fail  lessons/01-a.md:12\n');
  expect(text).toContain(
    '    ✗ a wrong answer must fail  lessons/01-a.md:12\n        all expectations were met\n',
  );
});

test('a background block that has ended says what became of its writes', () => {
  expect(show([on.writerStopped(0)])).toBe('w: 214 writes acknowledged, none refused\n\n');
  expect(show([on.writerStopped(3)])).toBe(
    'w: 214 writes acknowledged, 3 refused within 812 ms\n  08006: the \\x1bserver went away\n\n',
  );
  expect(show([on.writerStopped(3)], { detail: 'summary' })).toBe('');
});

test('several lessons are counted at the end', () => {
  expect(show([on.runFinished])).toBe('2 lessons: 1 passed, 1 failed  3.0 s\n');
});

test('data cannot send control sequences to the terminal', () => {
  const evil = '\u001b]0;owned\u0007';
  const text = show([
    { ...on.statement, type: 'statement-finished', rows: [[evil]] } as LessonEvent,
    { type: 'notice', notice: { severity: 'NOTICE', message: evil } },
    { type: 'shell-output', text: evil },
  ]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(text).not.toMatch(/[\u001b\u0007]/);
});

test('colours are there when asked for, and only then', () => {
  expect(show([on.passed])).not.toContain('\u001b');
  expect(show([on.passed], { style: coloured })).toContain('\u001b[32m');
});

test('shell output that does not end its line gets one', () => {
  expect(show([{ type: 'shell-output', text: 'no newline' }, on.passed])).toBe(
    'no newline\n✓ result, rows of t\n\n',
  );
  const notice: LessonEvent = { type: 'notice', notice: { severity: 'LESSON', message: 'cut' } };
  expect(show([{ type: 'shell-output', text: 'no newline' }, notice])).toBe('no newline\nLESSON: cut\n');
});
