// What is written down of a lesson, and where a learner goes on by it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Notes, openNotes } from '../../../runner/learner/notes.ts';
import { startFrom } from '../../../runner/learner/start-from.ts';
import { plan } from '../../../runner/session/plan.ts';
import { learnerFolder } from '../../../runner/store/learner-folder.ts';
import { fence } from '../lesson/lesson-text.ts';
import { info, lessonOf } from '../session/simulation.ts';

const exercise = [fence('sql {exercise}', 'SELECT'), fence('sql {solution}', 'SELECT 1')];
const lesson = lessonOf('## One', fence('sql', 'SELECT 1'), '## Two', ...exercise, '## Three', ...exercise);
const planned = plan(lesson, info, { solve: false });
const onlyOfCitus = plan(lessonOf('## One', fence('sql {engine=citus}', 'SELECT 1')), info, { solve: false });

let dir: string;
let notes: Notes;

const open = async () =>
  openNotes(await learnerFolder({ dir: path.join(dir, 'lessons') }), '01-a', 'built-in');

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lesson notes '));
  notes = await open();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('at the end a lesson is', () => {
  const whole = { isPartial: false };

  test('passed where every exercise was solved, and helped where a solution was seen before', async () => {
    await notes.change('two/1', { status: 'solved' });
    await notes.change('three/1', { status: 'solved', sawSolution: true });
    expect(await notes.finish(planned, whole)).toBe('helped');
    await notes.change('three/1', { sawSolution: false });
    expect(await notes.finish(planned, whole)).toBe('passed');
  });

  test('skipped where one was not', async () => {
    await notes.change('two/1', { status: 'solved' });
    await notes.change('three/1', { status: 'skipped' });
    expect(await notes.finish(planned, whole)).toBe('skipped');
  });

  test('skipped where the cluster could not run most of it', async () => {
    expect(await notes.finish(onlyOfCitus, whole)).toBe('skipped');
  });

  test('still passed, where whoever had passed it went through it once more', async () => {
    for (const id of ['two/1', 'three/1']) await notes.change(id, { status: 'solved' });
    await notes.finish(planned, whole);
    await notes.beginAnew();
    expect(notes.exercise('two/1').status).toBe('open');
    expect(await notes.finish(planned, whole)).toBe('skipped');
    expect((await open()).progress.status).toBe('passed');
  });
});

test('a learner goes on at the block that was reached, with the exercises that were solved', async () => {
  await notes.reached('three/1');
  await notes.change('two/1', { status: 'solved' });
  const again = await open();
  expect(startFrom(planned, again, again.progress.next)).toEqual({
    do: 'start',
    from: 'three/1',
    solved: ['two/1'],
  });
});

test.each([undefined, 'one/1', 'gone/7'])('and at the beginning where that is %s', (block) => {
  expect(startFrom(planned, notes, block)).toEqual({ do: 'start' });
});
