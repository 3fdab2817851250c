// The two clients that ship, on a session without servers: with a learner who decides, and for instructors.
import { expect, test } from 'vitest';
import type { Session } from '../../../runner/session/session.ts';
import { verify } from '../../../runner/session/verify.ts';
import { type Control, unattended, walk } from '../../../runner/session/walk.ts';
import { failed, lessonOf, passed, type Simulation, simulate } from './simulation.ts';

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

function sessionOf(simulation: Simulation): Session {
  return {
    get state() {
      return simulation.state;
    },
    async request(request) {
      simulation.request(request);
      if (simulation.refusal !== undefined) throw new Error(simulation.refusal);
      return simulation.state;
    },
    settled: async () => simulation.state,
    close: async () => {},
  };
}

async function walkWith(control: Partial<Control>, solve = false) {
  const simulation = simulate(lesson, { end }, solve);
  const status = await walk(sessionOf(simulation), { ...unattended, ...control });
  return { status, log: simulation.log };
}

test('unattended, every block runs, and the first failure ends the lesson', async () => {
  expect(await walkWith({}, true)).toEqual({ status: 'passed', log: ['reset', 'one', 'right', 'two'] });
  expect(await walkWith({})).toEqual({ status: 'failed', log: ['reset', 'one', 'start'] });
});

test('skipping takes the rest of the step, and the next one is asked for', async () => {
  const before: Control['before'] = async ({ text }) => ({ do: text === 'one' ? 'skip' : 'run' });
  expect(await walkWith({ before })).toEqual({ status: 'passed', log: ['reset', 'two'] });
});

test('leaving ends the lesson where it is', async () => {
  const before: Control['before'] = async ({ text }) => ({ do: text === 'start' ? 'leave' : 'run' });
  expect(await walkWith({ before })).toEqual({ status: 'left', log: ['reset', 'one'] });
});

test('what the learner writes runs in the place of the block; again, it does on the state before it', async () => {
  const answers = ['mine', 'right'];
  const before: Control['before'] = async ({ text }) =>
    text === 'start' ? { do: 'run', answer: answers.shift()! } : { do: 'run' };
  expect(await walkWith({ before, afterFailure: async () => 'again' })).toEqual({
    status: 'passed',
    log: ['reset', 'one', 'mine', 'reset', 'one', 'right', 'two'],
  });
});

test('a signal while the learner is asked ends the lesson', async () => {
  const simulation = simulate(lesson, { end });
  const before: Control['before'] = async () => {
    simulation.report({ done: 'interrupt' });
    return { do: 'run' };
  };
  expect(await walk(sessionOf(simulation), { ...unattended, before })).toBe('interrupted');
});

test('an instructor tries each answer where its exercise starts, and goes on with the solution', async () => {
  const simulation = simulate(lesson, { end }, true);
  expect(await verify(sessionOf(simulation))).toBe('passed');
  expect(simulation.log).toEqual([
    ...['reset', 'one', 'start'],
    ...['reset', 'one', 'also right'],
    ...['reset', 'one', 'wrong'],
    ...['reset', 'one', 'right', 'two'],
  ]);
  const tried = simulation.events.flatMap((event) =>
    event.type === 'answer-tried' ? [[event.answer, event.should, event.passed]] : [],
  );
  expect(tried).toEqual([
    ['start', 'fail', true],
    ['solution', 'pass', true],
    ['wrong', 'fail', true],
  ]);
});
