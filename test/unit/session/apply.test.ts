// Every transition of a session, without a server.
import { describe, expect, test } from 'vitest';
import { apply } from '../../../runner/session/apply.ts';
import type { LessonEvent } from '../../../runner/session/events.ts';
import { plan } from '../../../runner/session/plan.ts';
import { initialState } from '../../../runner/session/state.ts';
import { failed, info, lessonOf, passed, type Simulation, simulate, type World } from './simulation.ts';

const sql = (text: string, info = 'sql') => ['', `\`\`\`${info}`, text, '```'];

const twoSteps = lessonOf(
  '## One',
  '',
  'First.',
  ...sql('one'),
  ...sql('two'),
  '## Two',
  ...sql('three'),
  '',
  'The end.',
);

const withExercise = lessonOf(
  '## One',
  ...sql('one'),
  ...sql('two'),
  ...sql('start', 'sql {exercise}'),
  ...sql('right', 'sql {solution}'),
  ...sql('wrong', 'sql {wrong}'),
  '## Two',
  ...sql('three'),
);

const withWriter = lessonOf(
  '## One',
  ...sql('INSERT INTO w (n) VALUES ($1)', 'sql {background name=w}'),
  ...sql('one'),
  '## Two',
  ...sql('two'),
);

function started(lesson = twoSteps, world: World = {}, solve = false): Simulation {
  const session = simulate(lesson, world, solve);
  session.request({ do: 'start' });
  return session;
}

/** To the end, or to the first block that does not hold. */
function runAll(session: Simulation): void {
  for (;;) {
    session.request({ do: 'next' });
    if (session.state.phase.kind !== 'idle') return;
    session.request({ do: 'run' });
    if (session.events.at(-1)?.type === 'block-finished' && statusOf(session) === 'failed') return;
  }
}

const statusOf = ({ events }: Simulation) => {
  const last = events.findLast(({ type }) => type === 'block-finished');
  return last?.type === 'block-finished' ? last.status : undefined;
};
const ended = { lost: false, changed: true, ranThrough: true, inTransaction: false, isWriting: false };
const endOf = ({ state: { phase } }: Simulation) => (phase.kind === 'closed' ? phase.status : phase.kind);
const restoredBy = ({ events }: Simulation) =>
  events.flatMap((event) => (event.type === 'restored' ? event.by : []));
const triedOf = ({ events }: Simulation) =>
  events.flatMap((event) =>
    event.type === 'answer-tried' ? [[event.answer, event.passed, event.seen]] : [],
  );

const failsOn =
  (...texts: readonly string[]) =>
  (text: string) => ({ outcomes: [texts.includes(text) ? failed : passed] });

describe('a walk', () => {
  test('resets the cluster, then tells and runs everything in the order of the text', () => {
    const session = started();
    runAll(session);
    expect(session.log).toEqual(['reset', 'one', 'two', 'three']);
    expect(session.types()).toEqual([
      'lesson-started',
      'cluster-reset',
      'step-started',
      'prose',
      ...['block-reached', 'block-started', 'block-finished'],
      ...['block-reached', 'block-started', 'block-finished'],
      'step-finished',
      'step-started',
      ...['block-reached', 'block-started', 'block-finished'],
      'prose',
      'step-finished',
      'lesson-finished',
    ]);
    expect(endOf(session)).toBe('passed');
  });

  test('waits at each block', () => {
    const session = started();
    session.request({ do: 'next' });
    session.request({ do: 'next' });
    expect(session.log).toEqual(['reset']);
    expect(session.events.at(-1)).toMatchObject({ type: 'block-reached', block: 'one/2' });
  });

  test('that is left after a failure has failed', () => {
    const session = started(twoSteps, { end: failsOn('two') });
    runAll(session);
    session.request({ do: 'leave' });
    expect(session.log).toEqual(['reset', 'one', 'two']);
    expect(endOf(session)).toBe('failed');
    expect(session.events.at(-2)).toMatchObject({ type: 'step-finished', status: 'failed' });
  });

  test('that loses its server has lost it', () => {
    const session = started(twoSteps, { end: () => ({ outcomes: [failed], lost: true }) });
    runAll(session);
    session.request({ do: 'leave' });
    expect(endOf(session)).toBe('lost');
  });

  test('can be left where nothing has failed', () => {
    const session = started();
    session.request({ do: 'next' });
    session.request({ do: 'leave' });
    expect(endOf(session)).toBe('left');
  });

  test('skips the rest of a step', () => {
    const session = started();
    session.request({ do: 'next' });
    session.request({ do: 'skip' });
    runAll(session);
    expect(session.log).toEqual(['reset', 'three']);
    const steps = session.events.flatMap((event) => (event.type === 'step-finished' ? event.status : []));
    expect(steps).toEqual(['skipped', 'passed']);
    expect(endOf(session)).toBe('partial');
  });

  test('has no block to run after a skip, and leaves what has passed as it is', () => {
    const session = started();
    session.request({ do: 'next' });
    session.request({ do: 'run' });
    session.request({ do: 'skip' });
    session.request({ do: 'run' });
    expect(session.refusal).toBe('no block has been reached');
    expect(session.state.blocks.map(({ status }) => status)).toEqual(['passed', 'skipped', 'pending']);
  });

  test('of which nothing ran is skipped', () => {
    const session = started(lessonOf('## One', ...sql('one', 'sql {engine=citus}')));
    runAll(session);
    expect(session.log).toEqual(['reset']);
    expect(endOf(session)).toBe('skipped');
    expect(statusOf(session)).toBe('skipped');
  });

  test('that needs more workers does not begin', () => {
    const session = simulate({ ...twoSteps, workers: { count: 5, exactly: false } });
    session.request({ do: 'start' });
    expect(session.log).toEqual([]);
    expect(session.types()).toEqual(['lesson-started', 'notice', 'lesson-finished']);
    expect(endOf(session)).toBe('skipped');
  });
});

describe('the end of a lesson', () => {
  test('is a failure where a block has failed, whatever came after it', () => {
    const session = started(twoSteps, { end: failsOn('one') });
    for (const _ of [1, 2, 3]) {
      session.request({ do: 'next' });
      session.request({ do: 'run' });
    }
    session.request({ do: 'next' });
    expect(endOf(session)).toBe('failed');
  });

  test('is not a pass where blocks have not run, or were cancelled', () => {
    const session = started();
    session.request({ do: 'run', block: 'two/1' });
    session.request({ do: 'next' });
    expect(endOf(session)).toBe('left');

    const unsolved = started(withExercise);
    unsolved.request({ do: 'restore', block: 'two/1' });
    unsolved.request({ do: 'run' });
    unsolved.request({ do: 'next' });
    expect(endOf(unsolved)).toBe('left');
  });

  test('is a pass in part where most blocks did not run', () => {
    const forCitus = ['a', 'b'].flatMap((name) => sql(name, 'sql {engine=citus}'));
    const one = started(lessonOf('## One', ...sql('one'), ...forCitus));
    runAll(one);
    expect(endOf(one)).toBe('partial');
    expect(one.events.at(-1)).toMatchObject({ type: 'lesson-finished', ran: 1, blocks: 3 });

    const half = started(lessonOf('## One', ...sql('one'), ...sql('two'), ...forCitus));
    runAll(half);
    expect(endOf(half)).toBe('passed');
  });

  test('is a pass where the blocks before passed on the way', () => {
    const session = started();
    session.request({ do: 'restore', block: 'two/1' });
    session.request({ do: 'run' });
    session.request({ do: 'next' });
    expect(endOf(session)).toBe('passed');
  });
});

describe('what cannot be done now is refused, and changes nothing', () => {
  test.each([
    ['next', simulate(twoSteps), 'the lesson has not started'],
    ['start', started(), 'the lesson has started already'],
    ['run', started(), 'no block has been reached'],
    ['skip', started(), 'no block has been reached'],
    ['cancel', started(), 'no block is running'],
  ] as const)('%s', (request, session, message) => {
    const before = session.state;
    session.request({ do: request });
    expect(session.refusal).toBe(message);
    expect(session.state).toBe(before);
  });

  test('a block that is not there, or does not run here', () => {
    const session = started(lessonOf('## One', ...sql('one', 'sql {engine=citus}')));
    session.request({ do: 'run', block: 'two/1' });
    expect(session.refusal).toBe('the lesson has no block "two/1"');
    session.request({ do: 'restore', block: 'one/1' });
    expect(session.refusal).toMatch(/^the block "one\/1" does not run here: only real Citus/);
  });

  test('anything while a block runs, and after the end', () => {
    const session = started(twoSteps, { end: () => undefined });
    session.request({ do: 'run', block: 'one/1' });
    session.request({ do: 'next' });
    expect(session.refusal).toMatch(/^the session is busy/);
    session.report({
      done: 'run',
      end: { ...ended, outcomes: [passed], cancelled: false },
    });
    session.request({ do: 'leave' });
    session.request({ do: 'next' });
    expect(session.refusal).toBe('the lesson has ended');
  });
});

describe('a block that is run again', () => {
  test('counts its attempts', () => {
    const session = started(twoSteps, { end: (_, times) => ({ outcomes: [times < 3 ? failed : passed] }) });
    session.request({ do: 'next' });
    for (const _ of [1, 2, 3]) session.request({ do: 'run' });
    const attempts = session.events.flatMap((event) =>
      event.type === 'block-finished' ? event.attempt : [],
    );
    expect(attempts).toEqual([1, 2, 3]);
    expect(statusOf(session)).toBe('passed');
  });

  test('with "retry", runs until it holds, and tells it once', () => {
    const lesson = lessonOf('## One', ...sql('one', 'sql {retry=1s}'));
    const session = started(lesson, { end: (_, times) => ({ outcomes: [times < 3 ? failed : passed] }) });
    runAll(session);
    expect(session.log).toEqual(['reset', 'one', 'one', 'one']);
    expect(session.events.filter(({ type }) => type === 'block-finished')).toEqual([
      expect.objectContaining({ status: 'passed', attempts: 3, attempt: 1 }),
    ]);
  });

  test('with "retry", no longer than its time', () => {
    const lesson = lessonOf('## One', ...sql('one', 'sql {retry=1s}'));
    const session = started(lesson, { end: failsOn('one'), blockMs: 400 });
    runAll(session);
    expect(session.log).toEqual(['reset', 'one', 'one', 'one']);
    expect(statusOf(session)).toBe('failed');
  });
});

describe('out of order', () => {
  test('any block runs in whatever state the cluster is, and the session goes on from there', () => {
    const session = started();
    session.request({ do: 'run', block: 'two/1' });
    expect(session.log).toEqual(['reset', 'three']);
    session.request({ do: 'run', block: 'one/2' });
    session.request({ do: 'next' });
    expect(session.events.at(-1)).toMatchObject({ type: 'block-reached', block: 'two/1' });
    const steps = session.events.flatMap((event) => (event.type === 'step-started' ? event.step : []));
    expect(steps).toEqual(['two', 'one', 'two']);
  });

  test('another text may run in the place of the block', () => {
    const session = started();
    session.request({ do: 'run', block: 'one/1', answer: 'mine' });
    expect(session.log).toEqual(['reset', 'mine']);
    expect(session.events).toContainEqual(
      expect.objectContaining({ type: 'block-started', text: 'mine', answer: 'learner' }),
    );
  });
});

describe('restore', () => {
  test('does nothing where the cluster is in that state', () => {
    const session = started();
    session.request({ do: 'next' });
    session.request({ do: 'run' });
    session.request({ do: 'restore', block: 'one/2' });
    expect(session.log).toEqual(['reset', 'one']);
    expect(restoredBy(session)).toEqual(['nothing']);
  });

  test('runs only what is missing, silently', () => {
    const session = started();
    session.request({ do: 'restore', block: 'two/1' });
    expect(session.log).toEqual(['reset', 'one', 'two']);
    expect(session.types().filter((type) => type.startsWith('block-'))).toEqual(['block-reached']);
    expect(restoredBy(session)).toEqual(['forward']);
    session.request({ do: 'run' });
    expect(session.log.at(-1)).toBe('three');
  });

  test('starts from a clean cluster where something else has run', () => {
    const session = started();
    session.request({ do: 'run', block: 'two/1' });
    session.request({ do: 'restore', block: 'one/2' });
    expect(session.log).toEqual(['reset', 'three', 'reset', 'one']);
    expect(restoredBy(session)).toEqual(['replay']);
    expect(session.state.blocks.map(({ status }) => status)).toEqual(['passed', 'pending', 'pending']);
  });

  test('runs only what a checkpoint does not have', () => {
    const session = simulate(twoSteps, {
      reset: (path) => ({ done: 'reset', ms: 1, restored: path.length && 1 }),
    });
    session.request({ do: 'start' });
    session.request({ do: 'run', block: 'two/1' });
    session.request({ do: 'restore', block: 'two/1' });
    expect(session.log).toEqual(['reset', 'three', 'reset', 'two']);
    expect(session.state.blocks.map(({ status }) => status)).toEqual(['passed', 'passed', 'pending']);
    session.request({ do: 'restore', block: 'two/1' });
    expect(restoredBy(session)).toEqual(['replay', 'nothing']);
  });

  test('keeps the state of an exercise that a learner comes back to, and of no other block', () => {
    const session = started(withExercise);
    session.request({ do: 'restore', block: 'one/3' });
    session.request({ do: 'run', answer: 'bad' });
    expect(session.checkpoints).toEqual([]);
    session.request({ do: 'restore', block: 'one/3' });
    expect(session.checkpoints).toEqual([['one', 'two']]);
    session.request({ do: 'run', answer: 'bad' });
    session.request({ do: 'restore', block: 'one/2' });
    expect(session.checkpoints).toHaveLength(1);
  });

  test('at the start of each step, keeps the state in case that of the exercise cannot be kept', () => {
    const session = started(
      lessonOf(
        ...['## One', ...sql('one'), '## Two', ...sql('two'), '## Three', ...sql('three')],
        ...[...sql('try', 'sql {exercise}'), ...sql('right', 'sql {solution}')],
      ),
    );
    session.request({ do: 'restore', block: 'three/2' });
    session.request({ do: 'run', answer: 'bad' });
    session.request({ do: 'restore', block: 'three/2' });
    const whole = ['one', 'two', 'three'];
    expect(session.checkpoints).toEqual([
      ['one', 'instead of', ...whole],
      ['one', 'two', 'instead of', ...whole],
      whole,
    ]);
  });

  test('does not mind what left no trace', () => {
    const session = started(withExercise, {
      end: (text) => (text === 'bad' ? { outcomes: [failed], changed: false } : {}),
    });
    session.request({ do: 'restore', block: 'one/3' });
    session.request({ do: 'run', answer: 'bad' });
    session.request({ do: 'restore', block: 'one/3' });
    expect(session.log).toEqual(['reset', 'one', 'two', 'bad']);
    expect(restoredBy(session)).toEqual(['forward', 'nothing']);
  });

  test('takes the answer that passed, else the solution', () => {
    const session = started(withExercise);
    session.request({ do: 'restore', block: 'two/1' });
    expect(session.log).toEqual(['reset', 'one', 'two', 'right']);
    session.request({ do: 'restore', block: 'one/3' });
    session.request({ do: 'run', answer: 'mine' });
    session.request({ do: 'run', block: 'one/1' });
    session.request({ do: 'restore', block: 'two/1' });
    expect(session.log.slice(-4)).toEqual(['reset', 'one', 'two', 'mine']);
  });

  test('tells how far it is where it takes long', () => {
    const session = started(twoSteps, { blockMs: 600 });
    session.request({ do: 'restore', block: 'two/1' });
    expect(session.events.filter(({ type }) => type === 'restoring')).toEqual([
      expect.objectContaining({ done: 1, total: 2, block: 'two/1' }),
    ]);
  });

  test('says which block did not hold again, and goes no further', () => {
    const session = started(twoSteps, { end: failsOn('one') });
    session.request({ do: 'restore', block: 'two/1' });
    expect(session.log).toEqual(['reset', 'one']);
    expect(session.events.at(-1)).toMatchObject({ type: 'restore-failed', outcomes: [failed] });
    expect(session.state.phase.kind).toBe('idle');
  });

  test('can be cancelled', () => {
    const session = started(twoSteps, { end: () => undefined });
    session.request({ do: 'restore', block: 'two/1' });
    session.request({ do: 'cancel' });
    session.report({ done: 'run', end: { ...ended, outcomes: [failed], cancelled: true } });
    expect(session.events.at(-1)).toMatchObject({ type: 'restore-failed', outcomes: [] });
    expect(session.log).toEqual(['reset', 'one', 'cancel']);
    expect(session.state.phase.kind).toBe('idle');
  });

  test('runs a block with "retry" until it holds', () => {
    const lesson = lessonOf('## One', ...sql('one', 'sql {retry=1s}'), ...sql('two'));
    const session = started(lesson, { end: (_, times) => ({ outcomes: [times < 3 ? failed : passed] }) });
    session.request({ do: 'restore', block: 'one/2' });
    expect(session.log).toEqual(['reset', 'one', 'one', 'one']);
    expect(restoredBy(session)).toEqual(['forward']);
  });

  test('stops what the block would not find writing, and starts again what it would', () => {
    const extra = started(withWriter);
    for (const block of ['one/w', 'one/2']) extra.request({ do: 'run', block });
    extra.request({ do: 'restore', block: 'two/1' });
    expect(extra.log.at(-1)).toBe('stop-writers');
    expect(extra.types()).toContain('writer-stopped');
    expect(restoredBy(extra)).toEqual(['nothing']);

    const missing = started(withWriter);
    missing.request({ do: 'run', block: 'one/w' });
    missing.request({ do: 'next' });
    missing.request({ do: 'skip' });
    missing.request({ do: 'next' });
    missing.request({ do: 'restore', block: 'one/2' });
    expect(missing.log.slice(-2)).toEqual(['reset', 'INSERT INTO w (n) VALUES ($1)']);
    expect(missing.state.writing).toEqual(['w']);
  });

  test('that fails leaves its block as failed, and one that was cancelled as cancelled', () => {
    const session = started(twoSteps, { end: failsOn('one') });
    session.request({ do: 'restore', block: 'two/1' });
    expect(session.state.blocks[2]!.status).toBe('failed');

    const cancelled = started(twoSteps, { end: () => undefined });
    cancelled.request({ do: 'restore', block: 'two/1' });
    cancelled.request({ do: 'cancel' });
    cancelled.report({ done: 'run', end: { ...ended, outcomes: [failed], cancelled: true } });
    expect(cancelled.state.blocks[2]!.status).toBe('cancelled');
  });

  test('can be cancelled while the cluster is reset', () => {
    let resets = 0;
    const session = started(twoSteps, {
      reset: () => (resets++ === 0 ? { done: 'reset', ms: 1 } : undefined),
    });
    session.request({ do: 'run', block: 'two/1' });
    session.request({ do: 'restore', block: 'one/2' });
    session.request({ do: 'cancel' });
    session.report({ done: 'reset', ms: 1 });
    expect(session.log).toEqual(['reset', 'three', 'reset']);
    expect(session.events.at(-1)).toMatchObject({ type: 'restore-failed', outcomes: [] });
    expect(session.state.phase.kind).toBe('idle');
  });

  test('takes no answer that passed in another state', () => {
    const session = started(withExercise);
    session.request({ do: 'run', block: 'one/3', answer: 'mine' });
    session.request({ do: 'restore', block: 'two/1' });
    expect(session.log.slice(-3)).toEqual(['one', 'two', 'right']);
  });

  test('ends writers at the end of their step, as the lesson does', () => {
    const session = started(withWriter);
    session.request({ do: 'restore', block: 'two/1' });
    expect(session.log).toEqual(['reset', 'INSERT INTO w (n) VALUES ($1)', 'one', 'stop-writers']);
    expect(session.types()).not.toContain('writer-stopped');
  });
});

describe('an answer that is tried', () => {
  const tries = (should: 'pass' | 'fail', text: string) =>
    ({
      do: 'try',
      block: 'one/3',
      trial: { answer: 'wrong', text, place: { file: '01-a.md', line: 9 }, should },
    }) as const;

  test('runs where its exercise starts, and only its verdict is told', () => {
    const session = started(withExercise, { end: failsOn('wrong') });
    session.request(tries('fail', 'wrong'));
    expect(session.log).toEqual(['reset', 'one', 'two', 'wrong']);
    expect(triedOf(session)).toEqual([['wrong', true, 'result: expected 1, got 2']]);
    expect(session.types()).not.toContain('block-started');
  });

  test('leaves the lesson as it was: what follows does not see it', () => {
    const session = started(withExercise, { end: failsOn('wrong') }, true);
    session.request({ do: 'next' });
    session.request(tries('fail', 'wrong'));
    session.request({ do: 'restore', block: 'one/1' });
    session.request({ do: 'run' });
    runAll(session);
    expect(session.log.slice(-5)).toEqual(['reset', 'one', 'two', 'right', 'three']);
    expect(endOf(session)).toBe('passed');
  });

  test('that does not do what it should fails the lesson, which goes on', () => {
    const session = started(withExercise, {}, true);
    session.request(tries('fail', 'wrong'));
    session.request({ do: 'restore', block: 'one/1' });
    session.request({ do: 'run' });
    runAll(session);
    expect(triedOf(session)).toEqual([['wrong', false, 'all expectations were met']]);
    expect(endOf(session)).toBe('failed');
  });

  test('that passes untouched, or is not as recorded, says what that means', () => {
    const untouched = started(withExercise, {}, true);
    const { trial } = tries('fail', 'start');
    untouched.request({ do: 'try', block: 'one/3', trial: { ...trial, answer: 'start' } });
    expect(triedOf(untouched)).toEqual([['start', false, 'the exercise passes without any answer']]);

    const outcomes = failsOn('late')('late').outcomes!.map(
      (each) => ({ ...each, isRecorded: true }) as const,
    );
    const other = started(withExercise, { end: (text) => (text === 'late' ? { outcomes } : {}) }, true);
    other.request(tries('pass', 'late'));
    expect(triedOf(other)).toEqual([
      [
        'wrong',
        false,
        expect.stringContaining('got 2. The recorded state expects this. "lesson check --record"'),
      ],
    ]);
  });

  test('shows nothing where it was cancelled, or a signal came', () => {
    for (const stop of ['cancel', 'interrupt'] as const) {
      const session = started(withExercise, { end: (text) => (text === 'wrong' ? undefined : {}) });
      session.request(tries('fail', 'wrong'));
      if (stop === 'cancel') session.request({ do: 'cancel' });
      else session.report({ done: 'interrupt' });
      session.report({ done: 'run', end: { ...ended, outcomes: [failed], cancelled: stop === 'cancel' } });
      expect(triedOf(session)).toEqual([]);
    }
  });

  test('that cannot be reached says where the lesson failed', () => {
    const session = started(withExercise, { end: failsOn('two') });
    session.request(tries('fail', 'wrong'));
    expect(triedOf(session)).toEqual([
      ['wrong', false, expect.stringMatching(/^the lesson itself failed at line \d+$/)],
    ]);
  });
});

describe('a block that is cancelled', () => {
  test('ends alone: the session goes on', () => {
    const session = started(twoSteps, { end: (text) => (text === 'one' ? undefined : {}) });
    session.request({ do: 'next' });
    session.request({ do: 'run' });
    session.request({ do: 'cancel' });
    session.report({ done: 'run', end: { ...ended, outcomes: [failed], cancelled: true } });
    expect(statusOf(session)).toBe('cancelled');
    session.request({ do: 'next' });
    session.request({ do: 'run' });
    expect(session.log).toEqual(['reset', 'one', 'cancel', 'two']);
    expect(statusOf(session)).toBe('passed');
  });

  test('is not tried again, whatever its "retry" says', () => {
    const lesson = lessonOf('## One', ...sql('one', 'sql {retry=1s}'));
    const session = started(lesson, { end: () => undefined });
    session.request({ do: 'run', block: 'one/1' });
    session.request({ do: 'cancel' });
    session.report({ done: 'run', end: { ...ended, outcomes: [failed], cancelled: true } });
    expect(session.log).toEqual(['reset', 'one', 'cancel']);
    expect(session.state.phase.kind).toBe('idle');
  });
});

describe('a background block', () => {
  test('ends with its step, which tells what it wrote', () => {
    const session = started(withWriter);
    runAll(session);
    expect(session.log).toEqual(['reset', 'INSERT INTO w (n) VALUES ($1)', 'one', 'stop-writers', 'two']);
    const at = session.types().indexOf('writer-stopped');
    expect(session.types()[at + 1]).toBe('step-finished');
  });

  test('ends before a block of another step runs', () => {
    const session = started(withWriter);
    session.request({ do: 'run', block: 'one/w' });
    session.request({ do: 'run', block: 'two/1' });
    expect(session.log).toEqual(['reset', 'INSERT INTO w (n) VALUES ($1)', 'stop-writers', 'two']);
  });

  test('ends when the lesson is left', () => {
    const session = started(withWriter);
    session.request({ do: 'run', block: 'one/w' });
    session.request({ do: 'leave' });
    expect(session.log.at(-1)).toBe('stop-writers');
    expect(session.types().slice(-3)).toEqual(['writer-stopped', 'step-finished', 'lesson-finished']);
  });

  test('that writes though a check of it failed is stopped too', () => {
    const session = started(withWriter, { end: () => ({ outcomes: [passed, failed] }) });
    session.request({ do: 'run', block: 'one/w' });
    session.request({ do: 'leave' });
    expect(session.log.at(-1)).toBe('stop-writers');
  });

  test('that another block has stopped is not stopped again', () => {
    const lesson = lessonOf(
      '## One',
      ...sql('INSERT INTO w (n) VALUES ($1)', 'sql {background name=w}'),
      ...sql('one', 'sql {stop=w}'),
    );
    const session = started(lesson);
    runAll(session);
    expect(session.log).not.toContain('stop-writers');
  });
});

describe('a signal', () => {
  test('before the start ends the session without a word', () => {
    const session = simulate(twoSteps);
    session.report({ done: 'interrupt' });
    expect(endOf(session)).toBe('interrupted');
    expect(session.events).toEqual([]);
  });

  test('ends a session that waits', () => {
    const session = started();
    session.request({ do: 'next' });
    session.report({ done: 'interrupt' });
    expect(endOf(session)).toBe('interrupted');
    expect(session.types().slice(-2)).toEqual(['step-finished', 'lesson-finished']);
  });

  test('ends one that runs a block as soon as it has ended', () => {
    const session = started(twoSteps, { end: () => undefined });
    session.request({ do: 'run', block: 'one/1' });
    session.report({ done: 'interrupt' });
    expect(session.state.phase.kind).toBe('running');
    session.report({
      done: 'run',
      end: { ...ended, outcomes: [failed], cancelled: false },
    });
    expect(endOf(session)).toBe('interrupted');
    expect(statusOf(session)).toBe('failed');
  });

  test('ends a reset, a restore and writers', () => {
    const resetting = simulate(twoSteps, { reset: () => undefined });
    resetting.request({ do: 'start' });
    resetting.report({ done: 'interrupt' });
    resetting.report({ done: 'reset', ms: 1 });
    expect(endOf(resetting)).toBe('interrupted');

    const restoring = started(twoSteps, { end: () => undefined });
    restoring.request({ do: 'restore', block: 'two/1' });
    restoring.report({ done: 'interrupt' });
    restoring.report({
      done: 'run',
      end: { ...ended, outcomes: [passed], cancelled: false },
    });
    expect(endOf(restoring)).toBe('interrupted');

    const writing = started(withWriter);
    writing.request({ do: 'run', block: 'one/w' });
    writing.report({ done: 'interrupt' });
    expect(writing.log.at(-1)).toBe('stop-writers');
    expect(endOf(writing)).toBe('interrupted');
  });
});

test.each(['lost', 'failed'] as const)(
  'a failure outside of SQL ends the lesson as %s, with a sentence',
  (status) => {
    const notice = { severity: 'LESSON', message: 'worker-1 does not answer' };
    const session = started(twoSteps, { end: () => undefined });
    session.request({ do: 'run', block: 'one/1' });
    session.report({ done: 'failure', status, event: { type: 'notice', notice } });
    expect(endOf(session)).toBe(status);
    expect(session.types().slice(-3)).toEqual(['notice', 'step-finished', 'lesson-finished']);
  },
);

test('reports that come after the end change nothing', () => {
  const session = started();
  session.request({ do: 'leave' });
  const ended = session.state;
  session.report({ done: 'interrupt' });
  session.report({ done: 'reset', ms: 1 });
  expect(session.state).toBe(ended);
});

describe('reading ahead', () => {
  const reading = (lesson = twoSteps) => {
    const session = simulate(lesson, { reset: () => undefined });
    session.request({ do: 'start', readsAhead: true });
    session.request({ do: 'next' });
    return session;
  };
  const clean = { done: 'reset', ms: 7 } as const;
  const event: LessonEvent = { type: 'notice', notice: { severity: 'LESSON', message: 'no disk' } };
  const failure = { done: 'failure', status: 'lost', event } as const;
  const seen = ['lesson-started', 'step-started', 'prose', 'block-reached'];

  test('shows the first block while the cluster is reset', () => {
    const session = reading();
    expect(session.log).toEqual(['reset']);
    expect(session.types()).toEqual(seen);
  });

  test('runs the first block when the reset is done, and tells of it before', () => {
    const session = reading();
    session.request({ do: 'run' });
    expect(session.log).toEqual(['reset']);
    expect(session.types()).toEqual(seen);
    session.report(clean);
    expect(session.log).toEqual(['reset', 'one']);
    expect(session.types()).toEqual([...seen, 'cluster-reset', 'block-started', 'block-finished']);
  });

  test('tells of a reset that was done before only when the cluster is needed, and once', () => {
    const session = reading();
    session.report(clean);
    expect(session.types()).toEqual(seen);
    session.request({ do: 'prepare' });
    session.request({ do: 'run' });
    expect(session.types()).toEqual([...seen, 'cluster-reset', 'block-started', 'block-finished']);
    expect(session.events).toContainEqual({ type: 'cluster-reset', ms: 7 });
  });

  test.each(['prepare', 'run', 'leave'] as const)('a reset that failed ends the lesson at "%s"', (what) => {
    const session = reading();
    session.report(failure);
    expect(session.types()).toEqual(seen);
    session.request({ do: what });
    expect(session.log).toEqual(['reset']);
    expect(session.types().slice(seen.length)).toEqual(['notice', 'step-finished', 'lesson-finished']);
    expect(endOf(session)).toBe('lost');
  });

  test('a reset that fails while a block waits for it ends the lesson', () => {
    const session = reading();
    session.request({ do: 'run' });
    session.report(failure);
    expect(session.log).toEqual(['reset']);
    expect(endOf(session)).toBe('lost');
  });

  test('a step can be skipped, and the lesson left, without waiting', () => {
    const session = reading();
    session.request({ do: 'skip' });
    session.request({ do: 'next' });
    session.request({ do: 'leave' });
    expect(endOf(session)).toBe('left');
  });

  test('a signal ends the lesson at once, also while a block waits', () => {
    const session = reading();
    session.report({ done: 'interrupt' });
    expect(endOf(session)).toBe('interrupted');
    const waiting = reading();
    waiting.request({ do: 'run' });
    waiting.report({ done: 'interrupt' });
    waiting.report(failure);
    expect(waiting.log).toEqual(['reset']);
    expect(endOf(waiting)).toBe('interrupted');
  });
});

test('what runs silently on the way to a step is not verified', () => {
  const planned = plan(twoSteps, info, { solve: false });
  const { state } = apply(initialState(planned), { do: 'start', from: 'two/1', at: 0 });
  const { effects } = apply(state, { done: 'reset', ms: 1, at: 1 });
  expect(effects.at(-1)).toMatchObject({ do: 'run', text: 'one', isReplay: true });
});
