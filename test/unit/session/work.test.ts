// The work at an exercise: statement by statement, without servers.
import { expect, test } from 'vitest';
import type { AttemptEnd } from '../../../runner/session/operation.ts';
import { failed, lessonOf, passed, simulate, type World } from './simulation.ts';

const sql = (text: string, info = 'sql') => ['', `\`\`\`${info}`, text, '```'];
const lesson = lessonOf(
  '## One',
  'Prose.',
  ...sql('one'),
  '## Two',
  'About the exercise.',
  ...sql('start', 'sql {exercise}'),
  ...sql('solution', 'sql {solution}'),
  ...sql('after'),
);
const exercise = 'two/1';

/** Statements are named by what comes of them. */
const ends: Readonly<Record<string, Partial<AttemptEnd>>> = {
  wrong: { outcomes: [failed] },
  look: { outcomes: [failed], changed: false },
  typo: { outcomes: [failed], changed: false, ranThrough: false },
  'lost sequence number': { outcomes: [failed], changed: true, ranThrough: false },
  BEGIN: { outcomes: [passed], inTransaction: true },
  '': { outcomes: [failed] },
};

function working(world: World = {}) {
  const session = simulate(lesson, { end: (text) => ends[text] ?? {}, ...world });
  session.request({ do: 'start' });
  session.request({ do: 'next' });
  session.request({ do: 'run' });
  session.request({ do: 'next' });
  session.log.length = 0;
  const type = (...texts: readonly string[]) => {
    for (const text of texts) session.request({ do: 'work', text });
    return session;
  };
  const status = () => session.state.blocks[1]!.status;
  return { session, type, status };
}

test('a statement after which a check fails leaves the exercise open; it is solved as soon as all pass', () => {
  const { session, type, status } = working();
  type('wrong');
  expect(status()).toBe('pending');
  expect(session.types().slice(-2)).toEqual(['block-started', 'exercise-checked']);
  type('right');
  expect(status()).toBe('passed');
  expect(session.types().at(-1)).toBe('block-finished');
});

test('the answer is what ran without an error; the way on needs no replay', () => {
  const { session, type } = working();
  type('wrong', 'look', 'typo', 'right');
  expect(session.state.blocks[1]!.accepted).toBe('wrong\n;\nlook\n;\nright\n;');
  session.request({ do: 'restore', block: 'two/2' });
  expect(session.log).toEqual(['wrong', 'look', 'typo', 'right']);
});

test('where a failed statement left a trace, a replay takes the solution', () => {
  const { session, type } = working();
  type('lost sequence number', 'right');
  expect(session.state.blocks[1]).toMatchObject({ status: 'passed' });
  expect(session.state.blocks[1]!.accepted).toBeUndefined();
  session.log.length = 0;
  session.request({ do: 'restore', block: 'two/2' });
  expect(session.log).toEqual(['reset', 'one', 'solution']);
});

test('again starts the answer anew, in the state in which the exercise starts', () => {
  const { session, type } = working();
  type('wrong');
  session.request({ do: 'restore', block: exercise });
  expect(session.log).toEqual(['wrong', 'reset', 'one']);
  type('right');
  expect(session.state.blocks[1]!.accepted).toBe('right\n;');
});

test('in a transaction nothing is solved', () => {
  const { session, type, status } = working();
  type('BEGIN');
  expect(status()).toBe('pending');
  expect(session.events.at(-1)).toMatchObject({ type: 'exercise-checked', inTransaction: true });
});

test('an empty statement only looks', () => {
  const { session, type } = working();
  type('');
  expect(session.types().at(-2)).not.toBe('block-started');
  expect(session.state.blocks[1]!.work).toEqual({ texts: [], isExact: true });
});

test('what somebody else changed is undone by a reset', () => {
  const { session, type } = working();
  session.request({ do: 'disturb' });
  type('right');
  expect(session.state.blocks[1]!.accepted).toBeUndefined();
  session.request({ do: 'restore', block: exercise });
  expect(session.log).toEqual(['right', 'reset', 'one']);
  session.request({ do: 'restore', block: exercise });
  expect(session.log).toEqual(['right', 'reset', 'one']);
});

test('only at an exercise', () => {
  const session = simulate(lesson);
  session.request({ do: 'start' });
  session.request({ do: 'next' });
  session.request({ do: 'work', text: 'x' });
  expect(session.refusal).toBe('no exercise has been reached');
});

test('a lesson goes on where it was left: what stands before runs silently, the text before the block is shown', () => {
  const session = simulate(lesson);
  session.request({ do: 'start', from: exercise });
  expect(session.log).toEqual(['reset', 'one']);
  expect(session.types()).toEqual(['lesson-started', 'step-started', 'prose', 'block-reached', 'restored']);
  expect(session.state.reached?.id).toBe(exercise);
});

test('an exercise that was solved before is no reason for a lesson to be left', () => {
  const session = simulate(lesson);
  session.request({ do: 'start', from: 'two/2', solved: [exercise] });
  expect(session.log).toEqual(['reset', 'one', 'solution']);
  session.request({ do: 'run' });
  session.request({ do: 'next' });
  expect(session.state.phase).toEqual({ kind: 'closed', status: 'passed' });
});

test('a guess is held against the only value of the result, and fails nothing', () => {
  const asked = lessonOf('## One', ...sql('one'), ...sql('question: How many?', 'predict'));
  const session = simulate(asked, { end: () => ({ value: '4' }) });
  session.request({ do: 'start' });
  session.request({ do: 'next' });
  expect(session.events.at(-1)).toMatchObject({ type: 'block-reached', question: 'How many?' });
  session.request({ do: 'run', guess: '1' });
  expect(session.events.at(-1)).toMatchObject({
    status: 'passed',
    prediction: { question: 'How many?', guess: '1', answer: '4' },
  });
});

test('what does not run here is skipped on the way, and keeps no lesson from its end', () => {
  const elsewhere = lessonOf(
    '## One',
    ...sql('one'),
    ...sql('citus', 'sql {engine=citus}'),
    '## Two',
    ...sql('two'),
  );
  const session = simulate(elsewhere);
  session.request({ do: 'start', from: 'two/1' });
  expect(session.log).toEqual(['reset', 'one']);
  session.request({ do: 'run' });
  session.request({ do: 'next' });
  expect(session.state.phase).toEqual({ kind: 'closed', status: 'passed' });
});

test('a restore that fails reaches its block, which is not ready', () => {
  const session = simulate(lesson, { end: (text) => ({ outcomes: [text === 'one' ? failed : passed] }) });
  session.request({ do: 'start', from: exercise });
  expect(session.state.reached?.id).toBe(exercise);
  expect(session.state.blocks[1]!.status).toBe('failed');
  expect(session.types().slice(-2)).toEqual(['block-reached', 'restore-failed']);
});

test('what has run silently in the step is shown before the block that was gone to', () => {
  const session = simulate(lesson);
  session.request({ do: 'start', from: 'two/2' });
  expect(session.events.filter(({ type }) => type === 'block-reached')).toMatchObject([
    { block: exercise, hasRun: true },
    { block: 'two/2' },
  ]);
});
