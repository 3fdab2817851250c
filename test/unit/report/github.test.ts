// Workflow commands, held against those of GitHub's own library; the summary, as a parser of markdown reads it.
import { error } from '@actions/core';
import MarkdownIt from 'markdown-it';
import { afterEach, expect, test, vi } from 'vitest';
import { githubReporter, stepSummary } from '../../../runner/report/github.ts';
import type { LineReporter } from '../../../runner/report/reporter.ts';
import type { LessonEvent } from '../../../runner/session/events.ts';
import * as on from './events.ts';

afterEach(() => vi.restoreAllMocks());

const report = (reporter: LineReporter, events: readonly LessonEvent[]) => events.map(reporter).join('');

const annotate = (events: readonly LessonEvent[], cwd = '/repository') =>
  report(githubReporter({ root: '/repository', cwd }), events);

/** What GitHub's library prints. */
function expected(message: string, annotation: Parameters<typeof error>[1]): string {
  let printed = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  error(message, annotation);
  write.mockRestore();
  return printed;
}

const failing = [on.started, on.stepStarted, on.failed, on.stepFinished('failed'), on.finished('failed')];

test('each failed expectation is an error at its line', () => {
  const [first = '', second = '', ...rest] = annotate(failing).split(/(?<=\n)/);
  const text = ['✗ rows of t  lessons/01-a.md:12', '    Did you insert them all?'];
  const labelled = ['    expected 1000', '    actual   999', '    look at  SELECT count(*) FROM t;'];
  const title = '01-a: Count <them> & more';
  expect(first).toBe(
    expected([...text, ...labelled].join('\n'), { title, file: 'lessons/01-a.md', startLine: 12 }),
  );
  expect(second).toContain('::✗ result  lessons/01-a.md:12%0A');
  expect(rest).toEqual([]);
});

test('what separates properties is escaped', () => {
  const event = { ...on.tried(false), step: 'a,b:c', seen: '50 %\r\n::done::' } as LessonEvent;
  expect(annotate([on.started, event])).toBe(
    expected('50 %\r\n::done::', {
      title: '01-a: a,b:c: wrong at line 12 must fail',
      file: 'lessons/01-a.md',
      startLine: 12,
    }),
  );
});

test('a file is named as from the root of the repository', () => {
  expect(annotate(failing, '/repository/course')).toContain('file=course/lessons/01-a.md,line=12::');
});

test('a lesson that was lost is an error of its own, what passed is none', () => {
  expect(annotate([on.started, on.stepStarted, on.passed, on.stepFinished('passed')])).toBe('');
  expect(annotate([on.started, on.finished('lost')])).toContain('::the lesson did not finish: lost\n');
});

test('the summary has a row for each lesson, and what failed below', () => {
  const passing = [on.started, on.stepStarted, on.passed, on.stepFinished('passed'), on.finished('passed')];
  const text = report(stepSummary(), [...passing, ...failing, on.runFinished]);
  const html = new MarkdownIt({ html: true }).render(text);
  expect(html.match(/<tr>/g)).toHaveLength(3);
  expect(html).toContain('<td>✅ 01-a</td>\n<td>1</td>\n<td>0</td>');
  expect(html).toContain('<td>❌ 01-a</td>\n<td>1</td>\n<td>1</td>');
  expect(html).toContain('<summary>01-a: Count &lt;them&gt; &amp; more</summary>');
  expect(html).toMatch(/<pre><code class="language-text">✗ rows of t[^<]*expected 1000/);
});

test('a summary of a run that was killed is a table all the same', () => {
  const html = new MarkdownIt().render(report(stepSummary(), failing));
  expect(html.match(/<tr>/g)).toHaveLength(2);
});

test('backticks in what failed do not end its fence', () => {
  const event = { ...on.tried(false), seen: '```\n# no heading\n```' } as LessonEvent;
  const html = new MarkdownIt({ html: true }).render(
    report(stepSummary(), [on.started, event, on.finished('failed'), on.runFinished]),
  );
  expect(html).not.toContain('<h1>');
});
