import { expect, test } from 'vitest';
import type { LessonEvent } from '../../../runner/session/events.ts';
import { gatherAnswers } from '../../../runner/update/answers.ts';
import * as on from '../report/events.ts';

const place = (file: string) => ({ file, line: 1 });

function gather(...events: readonly (LessonEvent & { readonly block?: string })[]) {
  const answers = gatherAnswers();
  for (const [at, event] of events.entries()) answers.listen({ seq: at + 1, ...event });
  return answers;
}

const started = (file: string): LessonEvent => ({ ...on.started, place: place(file) }) as LessonEvent;
const run: LessonEvent = { type: 'block-started', text: '' };

test('a block has the answers of its last run, in the lesson in which it stands', () => {
  const answers = gather(
    started('a.md'),
    run,
    on.statement,
    run,
    on.statement,
    { type: 'shell-output', text: 'x' },
    { type: 'shell-output', text: 'y' },
    { ...on.passed, block: 's/1' },
    started('b.md'),
    { ...on.failed, block: 's/1' },
  );
  expect(answers.of('a.md', 's/1')).toMatchObject({
    results: [{ columns: ['n'] }],
    output: 'xy',
    failed: [],
  });
  expect(answers.of('b.md', 's/1')?.failed).not.toEqual([]);
  expect(answers.of('a.md', 's/2')).toBeUndefined();
});

test('in a lesson that was skipped every block was, for the same reason', () => {
  const notice = { severity: 'LESSON', message: 'skipped: it needs 3 workers' };
  const answers = gather(
    started('a.md'),
    { type: 'notice', notice },
    { type: 'lesson-finished', lesson: 'a', status: 'skipped', ran: 0, blocks: 1, ms: 1 },
  );
  expect(answers.of('a.md', 's/1')?.skipped).toBe('skipped: it needs 3 workers');
});
