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
    isAttended: false,
    cwd: '/repository',
    root: '/repository',
    ...options,
  });
  return events.map(report).join('');
}

test('the head says which engine it is, and that it is not Citus', () => {
  expect(show([on.started])).toBe(
    'First  01-a · about 5 minutes\n' +
      'Cluster "default" (local): a coordinator and 2 workers, the built-in engine (not\n' +
      'Citus) on PostgreSQL 18.4.\n',
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
    '│ SELECT 1 AS n;\n\n n\n---\n 1\n(1 row)  1.2 ms\n\n✓ the result is as shown  ✓ 1,000 rows in t\n\n',
  );
});

test('a failed check says what its author says, expected, actual, and what to look at, but no place', () => {
  expect(show([on.failed])).toContain(
    [
      '✗ Did you insert them all?',
      '    rows of t: expected 1000, got 999',
      '    look at  SELECT count(*) FROM t;',
      '✗ the result is not as expected',
      '    expected 1 row, got 2',
    ].join('\n'),
  );
  expect(show([on.failed])).not.toContain('lessons/01-a.md');
});

test.each([
  ['learner', false],
  ['start', false],
  ['solution', true],
] as const)('what to look at could give the answer away: exercise with %s', (answer, isShown) => {
  const started: LessonEvent = { type: 'block-started', text: 'SELECT 1', answer };
  expect(show([started, on.failed]).includes('look at')).toBe(isShown);
});

test('authors see the place, and all of what failed', () => {
  expect(show([on.failed], { detail: 'summary' })).toContain(
    [
      '✗ rows of t  lessons/01-a.md:12',
      '    Did you insert them all?',
      '    expected 1000',
      '    actual   999',
      '    look at  SELECT count(*) FROM t;',
      '✗ result  lessons/01-a.md:12',
    ].join('\n'),
  );
});

test('an error is printed once, with why, and folds the checks after it', () => {
  const text = show([on.started, on.statementFailed, on.endedByError]);
  expect(text.split('\n').slice(3)).toEqual([
    'ERROR: 42P16: table "t" is already distributed',
    '→ A table can be distributed only once. alter_distributed_table changes its',
    '  distribution column or its number of shards.',
    '(2 checks were not met either)',
    '',
    '',
  ]);
  const lesson = { ...on.started, lesson: '07-keys' } as LessonEvent;
  expect(show([lesson, on.statementFailed, on.endedByError])).toContain('See lesson 02-shards.');
});

test('an error that the lesson shows needs no explanation', () => {
  const expected = { ...on.statementFailed, expected: true } as LessonEvent;
  expect(show([expected])).toBe('ERROR: 42P16: table "t" is already distributed\n');
});

test('an error of a block that ran silently is printed at its end', () => {
  if (on.endedByError.type !== 'block-finished') throw new Error('another event');
  const { outcomes } = on.endedByError;
  const text = show([{ type: 'restore-failed', place: on.place, outcomes, ms: 1 }]);
  expect(text).toContain('✗ 42P16: table "t" is already distributed\n→ A table can');
  expect(text).toContain('(2 checks were not met either)');
  expect(text).not.toMatch(/line \d/);
});

test('more rows than are shown are counted', () => {
  const many: LessonEvent = {
    ...on.statement,
    type: 'statement-finished',
    rowCount: 5_000_000,
  } as LessonEvent;
  expect(show([many])).toContain('Only the first 1 of 5000000 rows are shown.');
});

test('a skipped block is loud and says why, in a summary too', () => {
  expect(show([on.skipped])).toContain('SKIPPED: this step needs port 5432');
  expect(show([on.skipped], { detail: 'summary' })).toContain(
    'SKIPPED lessons/01-a.md:12: this step needs port 5432',
  );
});

test('blocks that need real Citus are marked where they stand, and counted at the end of their lesson', () => {
  const events = [on.started, on.forCitus(12), on.forCitus(30), on.forCitus(30), on.finished('passed')];
  const walk = show(events);
  expect(walk.match(/Needs real Citus: skipped\./g)).toHaveLength(3); // one of them twice, after going back
  expect(walk).toMatch(/✓ passed on .*\n2 blocks need real Citus and were skipped\.\n\n$/);
  const summary = show(events, { detail: 'summary' });
  expect(summary).not.toMatch(/SKIPPED|lessons\/01-a\.md/);
  expect(summary).toMatch(/\n2 blocks need real Citus and were skipped\.\n\n$/);
});

test('blocks that need the built-in engine are marked and counted, too', () => {
  const events = [on.started, on.forBuiltIn(12), on.finished('passed')];
  expect(show(events)).toContain('Needs the built-in engine: skipped.');
  expect(show(events, { detail: 'summary' })).toContain(
    '\n1 block needs the built-in engine and was skipped.\n',
  );
});

test('a lesson that mostly skipped has not passed, and is counted apart', () => {
  const text = show([on.started, on.finished('partial'), on.runFinished]);
  expect(text).toContain('passed in part: 4 of 10 blocks ran on the built-in engine, unattended  01-a');
  expect(text).not.toContain('✓ passed');
  expect(text).toContain('3 lessons: 1 passed, 1 passed in part, 1 failed');
});

test('the count of one lesson is not that of the next', () => {
  const passed = on.finished('passed');
  const text = show([on.started, on.forCitus(12), passed, on.started, passed]);
  expect(text.match(/1 block needs real Citus and was skipped\./g)).toHaveLength(1);
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

test('a summary names each change that nothing noticed, with the place of its block', () => {
  expect(show([on.mutationsTried(9)], { detail: 'summary' })).toBe(
    '✗ 9 of 10 changes noticed, 90 %  5.0 s\n    nothing noticed that a row of t is deleted  lessons/01-a.md:12\n\n',
  );
  expect(show([on.mutationsTried(10)], { detail: 'summary' })).toBe(
    '✓ 10 of 10 changes noticed, 100 %  5.0 s\n\n',
  );
});

test('a run whose lessons notice too little ends with that, though all have passed', () => {
  const passed = { ...on.runFinished, lessons: { ...on.runFinished.lessons, partial: 0, failed: 0 } };
  const events = [on.mutationsTried(9), on.mutationsTried(10), passed];
  expect(show(events, { detail: 'summary' })).toMatch(
    /\n✗ FAILED: 1 lesson noticed less than 95 % of the changes\n$/,
  );
  expect(show(events.slice(1), { detail: 'summary' })).not.toContain('FAILED');
});

test('a background block that has ended says what became of its writes', () => {
  expect(show([on.writerStopped(0)])).toBe('w: 214 writes acknowledged, none refused\n\n');
  expect(show([on.writerStopped(3)])).toBe(
    'w: 214 writes acknowledged, 3 refused within 812 ms\n  08006: the \\x1bserver went away\n\n',
  );
  expect(show([on.writerStopped(3)], { detail: 'summary' })).toBe('');
});

test('an author reads where a recorded state is, and how to record another', () => {
  const outcome = { status: 'failed', place: on.place, title: 'index of t', expected: 'none', actual: '(a)' };
  const event = { ...on.failed, outcomes: [{ ...outcome, isRecorded: true }] } as LessonEvent;
  expect(show([event], { detail: 'summary' })).toContain(
    '    actual   (a)\n    The recorded state expects this. "lesson check --record" records it anew, and "except=" leaves a part out.\n',
  );
  expect(show([event])).not.toContain('--record');
});

test('checks of an exercise that fail as before are named, and what earlier tries have left is', () => {
  const started = { type: 'block-started', continues: true, answer: 'learner', text: '' } as const;
  const again = (...outcomes: readonly object[]) => {
    const checked = { type: 'exercise-checked', place: on.place, inTransaction: false };
    const event = { ...checked, outcomes: outcomes.map((each) => ({ status: 'failed', ...each })) };
    const events = [started, event, started, event] as unknown as readonly LessonEvent[];
    return show(events, { isAttended: true }).split('\n\n').at(-2);
  };
  const rows = { title: 'rows of t', expected: '2', actual: '3' };
  const said = { title: 'condition', expected: 'true', actual: 'false', say: 'Each `row` has a company.' };
  const index = { title: 'index of t', expected: 'none', actual: '(a)' };
  expect(again(rows, said)).toBe(
    'Not solved yet: the same checks fail as before (rows of t; Each row has a company).',
  );
  expect(again(index)).toBe(
    'Not solved yet: the same checks fail as before (index of t). ' +
      'What an earlier try left counts, too; \\restore starts again with the cluster as it was.',
  );
});

test('several lessons are counted at the end', () => {
  expect(show([on.runFinished])).toBe('3 lessons: 1 passed, 1 passed in part, 1 failed  3.0 s\n');
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
    'no newline\n\n✓ the result is as shown  ✓ 1,000 rows in t\n\n',
  );
  const notice: LessonEvent = { type: 'notice', notice: { severity: 'LESSON', message: 'cut' } };
  expect(show([{ type: 'shell-output', text: 'no newline' }, notice])).toBe('no newline\nLESSON: cut\n');
});
