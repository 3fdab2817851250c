// What blocks capture, wherever the session goes: the values belong to what has run since the cluster was clean.
import { expect, test } from 'vitest';
import { failed, lessonOf, passed, simulate, type World } from './simulation.ts';

const lesson = lessonOf(
  '## One',
  ...['```sql {capture=n}', 'one', '```'],
  ...['```sql {retry=1s}', 'two :n', '```'],
  ...['```sql {exercise capture=m}', 'start', '```'],
  ...['```sql {solution}', 'right :n', '```', '```sql {wrong}', 'wrong', '```'],
  ...['```sql', 'three :n :m', '```'],
);

/** Block one captures how often it has run, an answer its first word. */
const world: World = {
  end: (text, times) => {
    if (text === 'one') return { captured: { n: `${times}` } };
    if (text.startsWith('two')) return { outcomes: [times === 1 ? failed : passed] };
    return { captured: { m: text.split(' ')[0]! }, outcomes: [text === 'wrong' ? failed : passed] };
  },
};

function atExercise() {
  const session = simulate(lesson, world);
  session.request({ do: 'start' });
  for (const _ of [1, 2]) {
    session.request({ do: 'next' });
    session.request({ do: 'run' });
  }
  session.request({ do: 'next' });
  return session;
}

test('blocks below have the value, also where they are tried again, and the event tells it', () => {
  const { log, events } = atExercise();
  expect(log).toEqual(['reset', 'one', 'two 1', 'two 1']);
  const [end] = events.filter(({ type }) => type === 'block-finished');
  expect(end).toMatchObject({
    captured: { n: '1' },
    outcomes: [{ status: 'passed' }, { status: 'passed', claim: ':n is 1' }],
  });
});

test('the answer that solved an exercise captures; one that failed does not', () => {
  const session = atExercise();
  session.request({ do: 'run', answer: 'wrong' });
  session.request({ do: 'restore', block: 'one/3' });
  session.request({ do: 'run', answer: 'mine :n' });
  session.request({ do: 'run', block: 'one/4' });
  expect(session.log.slice(4)).toEqual(['wrong', 'reset', 'one', 'two 2', 'mine 2', 'three 2 mine']);
});

test('a replay captures anew, with the answer as it was written', () => {
  const session = atExercise();
  session.request({ do: 'run', answer: 'mine :n' });
  session.request({ do: 'disturb' });
  session.request({ do: 'restore', block: 'one/4' });
  session.request({ do: 'run' });
  expect(session.log.slice(5)).toEqual(['reset', 'one', 'two 2', 'mine 2', 'three 2 mine']);
});

test('work at an exercise captures what its last statement returned', () => {
  const session = atExercise();
  session.request({ do: 'work', text: 'mine :n' });
  session.request({ do: 'run', block: 'one/4' });
  expect(session.log.slice(4)).toEqual(['mine 1', 'three 1 mine']);
});

test('a checkpoint in the place of a replay brings the values back', () => {
  const session = simulate(lesson, {
    ...world,
    reset: (path) => ({ done: 'reset', ms: 1, restored: path.length && 2, captured: { n: '7', x: '1' } }),
  });
  session.request({ do: 'start', from: 'one/3' });
  session.request({ do: 'run', answer: 'mine :n :x' });
  expect(session.log).toEqual(['reset', 'mine 7 :x']);
});

test('a block never has what it, or a block below it, has captured', () => {
  const session = simulate(lessonOf('## One', '```sql {capture=n}', 'one', '```'), world);
  session.request({ do: 'start' });
  session.request({ do: 'run', block: 'one/1' });
  session.request({ do: 'run', block: 'one/1', answer: 'again :n' });
  expect(session.log).toEqual(['reset', 'one', 'again :n']);
});
