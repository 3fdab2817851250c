import { parse } from 'junit2json';
import { expect, test } from 'vitest';
import { junitReporter } from '../../../runner/report/junit.ts';
import type { LessonEvent } from '../../../runner/session/events.ts';
import * as on from './events.ts';

function report(events: readonly LessonEvent[]): string {
  const { note, text } = junitReporter();
  for (const event of events) note(event);
  return text();
}

test('the document is whole from the start, and changes with each step', () => {
  expect(report([])).toContain('<testsuites name="lesson" tests="0" failures="0" errors="0" skipped="0">\n');
  const { note, text } = junitReporter();
  const events = [on.started, on.stepStarted, on.passed, on.writerStopped(3), on.stepFinished('passed')];
  expect(events.map(note)).toEqual([true, false, false, false, true]);
  expect(text()).toContain('line="12" time="0.015"/>\n');
  expect(text()).toMatch(/<\/testsuites>\n$/);
});

test('a lesson that has not ended counts as failed: a run that is killed leaves no more than that', () => {
  const xml = report([on.started, on.stepStarted, on.passed, on.stepFinished('passed')]);
  expect(xml).toContain('<testsuites name="lesson" tests="2" failures="1" errors="0" skipped="0">');
  expect(xml).toContain('the lesson did not finish: the run was killed');
});

test('a step is a case, with its failures and the place in the lesson', () => {
  const xml = report([
    on.started,
    on.stepStarted,
    on.failed,
    on.stepFinished('failed'),
    on.finished('failed'),
    on.runFinished,
  ]);
  expect(xml).toContain('<testsuites name="lesson" tests="1" failures="1" errors="0" skipped="0">');
  expect(xml).toContain('<testsuite name="01-a" tests="1" failures="1" errors="0" skipped="0" time="1.500">');
  expect(xml).toContain('value="the built-in engine (not Citus) on PostgreSQL 18.4"');
  expect(xml).toContain(
    'name="Count &lt;them&gt; &amp; more" file="lessons/01-a.md" line="12" time="0.015">',
  );
  expect(xml).toContain('<failure message="✗ rows of t  lessons/01-a.md:12">');
  expect(xml).toContain('expected 1000\n    actual   999');
});

test('an answer of an exercise is a case of its own', () => {
  const xml = report([on.started, on.tried(true), on.tried(false), on.finished('failed'), on.runFinished]);
  expect(xml).toContain('tests="2" failures="1"');
  expect(xml).toContain('name="count: wrong at line 12 must fail"');
});

test('a skipped step says why', () => {
  const events = [on.started, on.stepStarted, on.skipped, on.stepFinished('skipped')];
  const xml = report([...events, on.finished('passed'), on.runFinished]);
  expect(xml).toContain('<skipped message="this step needs port 5432"/>');
  expect(xml).toContain('skipped="1"');
});

test('a lesson that passed in part has a case that was skipped', () => {
  const xml = report([on.started, on.finished('partial'), on.runFinished]);
  expect(xml).toContain('<skipped message="passed in part: 4 of 10 blocks ran"/>');
  expect(xml).toContain('failures="0" errors="0" skipped="1"');
});

test('a lesson that was lost fails, though no check did', () => {
  expect(report([on.started, on.finished('lost'), on.runFinished])).toContain(
    'the lesson did not finish: lost',
  );
});

test('characters that XML cannot hold are left out', () => {
  const event = { ...on.tried(false), seen: 'a\u0000b\u001b<' } as LessonEvent;
  expect(report([on.started, event, on.finished('failed'), on.runFinished])).toContain('>ab&lt;</failure>');
});

test('changes that nothing noticed fail a case of their own where they are too many', () => {
  const xml = report([on.started, on.finished('passed'), on.mutationsTried(9)]);
  expect(xml).toContain('message="9 of 10 changes noticed, 90 %">');
  expect(xml).toContain('lessons/01-a.md:12: a row of t is deleted');
  expect(report([on.started, on.finished('passed'), on.mutationsTried(10)])).toContain(
    'tests="1" failures="0"',
  );
});

test('another program reads the same', async () => {
  const events = [on.started, on.stepStarted, on.failed, on.stepFinished('failed'), on.tried(true)];
  expect(await parse(report([...events, on.finished('failed'), on.runFinished]))).toMatchObject({
    name: 'lesson',
    tests: 2,
    failures: 1,
    testsuite: [
      {
        name: '01-a',
        time: 1.5,
        testcase: [
          { name: 'Count <them> & more', failure: [{ message: '✗ rows of t  lessons/01-a.md:12' }] },
          { name: 'count: wrong at line 12 must fail' },
        ],
      },
    ],
  });
});
