// The clients without a learner, on a session without servers: one that runs a lesson, and one for instructors.
import { expect, test } from 'vitest';
import { verify } from '../../../runner/session/verify.ts';
import { walk } from '../../../runner/session/walk.ts';
import { failed, lessonOf, passed, sessionOf, simulate } from './simulation.ts';

const sql = (text: string, info = 'sql') => ['', `\`\`\`${info}`, text, '```'];

const lesson = lessonOf(
  '## One',
  ...sql('one'),
  ...sql('start', 'sql {exercise}'),
  ...sql('right', 'sql {solution}'),
  ...sql('also right', 'sql {solution}'),
  ...sql('wrong', 'sql {wrong}'),
  '## Two',
  ...sql('two'),
);

const end = (text: string) => ({ outcomes: [['start', 'wrong', 'mine'].includes(text) ? failed : passed] });

async function walkWith(solve: boolean) {
  const simulation = simulate(lesson, { end }, solve);
  const status = await walk(sessionOf(simulation));
  return { status, log: simulation.log };
}

test('every block runs, and the first failure ends the lesson', async () => {
  expect(await walkWith(true)).toEqual({ status: 'passed', log: ['reset', 'one', 'right', 'two'] });
  expect(await walkWith(false)).toEqual({ status: 'failed', log: ['reset', 'one', 'start'] });
});

test('a client may go on after a failure', async () => {
  const simulation = simulate(lesson, { end });
  expect(await walk(sessionOf(simulation), undefined, ({ text }) => text === 'start')).toBe('failed');
  expect(simulation.log).toEqual(['reset', 'one', 'start', 'two']);
});

test('a signal before a block ends the lesson', async () => {
  const simulation = simulate(lesson, { end });
  const before = async () => simulation.report({ done: 'interrupt' });
  expect(await walk(sessionOf(simulation), before)).toBe('interrupted');
});

test('an instructor tries each answer where its exercise starts, and goes on with the solution', async () => {
  const simulation = simulate(lesson, { end }, true);
  expect(await verify(sessionOf(simulation))).toBe('passed');
  expect(simulation.log).toEqual([
    ...['reset', 'one', 'start'],
    ...['reset', 'one', 'also right'],
    ...['reset', 'one', 'wrong'],
    ...['reset', 'one', 'right'],
    ...['reset', 'one', 'also right'],
    ...['reset', 'one', 'right', 'two'],
  ]);
  expect(simulation.checkpoints).toEqual(Array(6).fill(['one']));
  const tried = simulation.events.flatMap((event) =>
    event.type === 'answer-tried' ? [[event.answer, event.should, event.passed, event.after?.line]] : [],
  );
  expect(tried).toEqual([
    ['start', 'fail', true, undefined],
    ['solution', 'pass', true, undefined],
    ['wrong', 'fail', true, undefined],
    ['solution', 'pass', true, 23],
    ['solution', 'pass', true, 23],
  ]);
});
