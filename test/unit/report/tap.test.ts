// The TAP reporter, as another program's parser reads it.
import { Parser } from 'tap-parser';
import { expect, test } from 'vitest';
import { tapReporter } from '../../../runner/report/tap.ts';
import type { LessonEvent } from '../../../runner/session/events.ts';
import * as on from './events.ts';

const runStarted: LessonEvent = { type: 'run-started', format: 1, version: '1.0.0' };

function report(...events: readonly LessonEvent[]): string {
  return [runStarted, ...events].map(tapReporter()).join('');
}

/** What is wrong with the text, and its test points: `not ok 01-a > Count`. */
function read(text: string) {
  const points: string[] = [];
  const problems: string[] = [];
  const diagnostics: unknown[] = [];
  const watch = (parser: Parser, name: string) => {
    parser.on('assert', ({ ok, name: point, skip, diag }) => {
      points.push(`${ok ? 'ok' : 'not ok'} ${name}${point}${skip ? ` # ${skip}` : ''}`);
      if (!ok) diagnostics.push(diag);
    });
    parser.on('extra', (line) => problems.push(line));
    parser.on('child', (child) => watch(child, `${child.name} > `));
  };
  const parser = new Parser({ strict: true });
  watch(parser, '');
  let version: number | undefined;
  parser.on('version', (number) => {
    version = Number(number);
  });
  parser.end(text);
  const { ok, plan, failures } = parser.results!;
  const broken = failures.flatMap((failure) => failure.tapError ?? []);
  return { version, ok, planned: plan.end, points, problems: [...problems, ...broken], diagnostics };
}

test('a lesson is a subtest, its steps and answers are its test points', () => {
  const lesson = [on.started, on.stepStarted, on.passed, on.tried(true), on.stepFinished('passed')];
  expect(read(report(...lesson, on.finished('passed'), on.runFinished))).toEqual({
    version: 14,
    ok: true,
    planned: 1,
    points: ['ok 01-a > count: wrong at line 12 must fail', 'ok 01-a > Count <them> & more', 'ok 01-a'],
    problems: [],
    diagnostics: [],
  });
});

test('what failed stands in a diagnostic with the line of the lesson', () => {
  const lesson = [on.started, on.stepStarted, on.failed, on.stepFinished('failed'), on.finished('failed')];
  const { ok, points, problems, diagnostics } = read(report(...lesson, on.runFinished));
  expect({ ok, problems }).toEqual({ ok: false, problems: [] });
  expect(points).toEqual(['not ok 01-a > Count <them> & more', 'not ok 01-a']);
  expect(diagnostics[0]).toMatchObject({
    at: { file: 'lessons/01-a.md', line: 12 },
    message: expect.stringContaining('expected 1000\n    actual   999'),
  });
});

test('a step and a lesson that did not run are skipped', () => {
  const step = [on.started, on.stepStarted, on.skipped, on.stepFinished('skipped'), on.finished('passed')];
  const { ok, points, problems } = read(report(...step, on.started, on.finished('skipped'), on.runFinished));
  expect({ ok, problems }).toEqual({ ok: true, problems: [] });
  expect(points).toEqual([
    'ok 01-a > Count <them> & more # this step needs port 5432',
    'ok 01-a',
    'ok 01-a > 01-a # none of it ran',
    'ok 01-a # none of it ran',
  ]);
});

test('a lesson that was lost fails, and a run that was killed lacks its plan', () => {
  const events = [on.started, on.stepStarted, on.passed, on.stepFinished('passed')];
  expect(read(report(...events, on.finished('lost'), on.runFinished))).toMatchObject({
    ok: false,
    points: ['ok 01-a > Count <them> & more', 'not ok 01-a > 01-a', 'not ok 01-a'],
    problems: [],
  });
  expect(read(report(...events)).ok).toBe(false);
});

test('changes that nothing noticed are a test point of the run', () => {
  const events = [on.started, on.finished('passed'), on.mutationsTried(9), on.runFinished];
  expect(read(report(...events))).toMatchObject({
    ok: false,
    planned: 2,
    points: ['ok 01-a', 'not ok 01-a: changes behind the back of the lesson'],
  });
});

test('a # in a title is no directive', () => {
  const titled = { ...on.stepStarted, title: 'Why\n# SKIP \\ this' } as LessonEvent;
  const events = [on.started, titled, on.passed, on.stepFinished('passed'), on.finished('passed')];
  expect(read(report(...events, on.runFinished)).points[0]).toBe('ok 01-a > Why # SKIP \\ this');
});
