// Whatever a learner types at an exercise, and however the program ends: restored, the solution passes.
// PROPERTY_MINUTES says how long (0.4); a failure prints PROPERTY_SEED, which repeats it, up to timing.
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';
import { learnerLesson, rightAnswer, wrongAnswer } from '../support/learner-lesson.ts';
import { openTestTerminal, type TestTerminal, tmuxVersion } from '../support/terminal.ts';
import { playFor, playMs } from './play-for.ts';

const texts = [
  wrongAnswer,
  'BEGIN;',
  'COMMIT;',
  'ROLLBACK;',
  'SELECT * FROM t;',
  'SELECT * FROM',
  "SELECT 'open",
  'DROP TABLE t;',
  'DROP TABLE sensor_data;',
  'CREATE TABLE t2 AS SELECT 1; INSERT INTO t VALUES (1, 1);',
  'SET search_path = nowhere;',
  'ALTER DATABASE postgres SET search_path = nowhere;',
  'SELECT pg_sleep(0.3);',
  'SELECT pg_terminate_backend(pg_backend_pid());',
  'DROP EXTENSION citus CASCADE;',
  '\\check',
  '\\hint',
  '\\restore',
  '\\map',
  '\\d',
  '\\nonsense',
  '\\back',
  '\\skip',
  '\\solution',
  '\\steps',
  '\\t',
  '\\q',
  'again',
  '$$ ; -- "',
];
const keys = ['Enter', 'C-c', 'C-d', 'Up', 'Tab', 'Escape', 'y', 'n', 'q', '?', 'b', 'm', 's'];

const action = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...texts).map((text) => ({ do: 'type' as const, text })) },
  { weight: 4, arbitrary: fc.constantFrom(...keys).map((key) => ({ do: 'press' as const, key })) },
  { weight: 1, arbitrary: fc.constant({ do: 'kill' as const }) },
);

type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

let sandbox: Sandbox;
let terminal: TestTerminal;
beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.writeLessons({ '01-learn': learnerLesson });
  await sandbox.run('up');
});
afterAll(() => sandbox?.remove());

const open = () => openTestTerminal(sandbox, ['run', '01-learn', '--trust']);

/** What leads on from what stands in the last line; undefined where that is still to come. */
const waysOn: readonly (readonly [RegExp, string])[] = [
  [/\[y\/N\]$/, 'n'],
  [/^try .*=>$/, '\\q'],
  [/^(try .*|exercise)([-('"$*]>|=> .)/, 'C-c'],
  [/Go to step/, 'Enter'],
  [/Enter run/, 'Enter'],
  [/▸ a again/, 'a'],
  [/^:$|\(END\)$/, 'q'],
];

/** At the exercise, in whichever way, with the program started again where it has ended. */
async function toExercise(): Promise<void> {
  let ended = '';
  let calm = 0;
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await pause(100)) {
    const screen = await terminal.screen();
    const last = screen.split('\n').at(-1)?.trimEnd() ?? '';
    // What was typed ahead may still be on its way.
    calm = /^exercise=>$/.test(last) ? calm + 1 : 0;
    if (calm === 5) return;
    if (calm > 0) continue;
    if (/\[exit \d+\]$/m.test(screen)) {
      ended = screen;
      await terminal.close();
      if (screen.includes('You have done')) await sandbox.run('reset', '01-learn');
      terminal = await open();
    } else {
      const [, key] = waysOn.find(([shown]) => shown.test(last)) ?? [];
      if (key === '\\q') await terminal.type(key);
      if (key !== undefined) await terminal.press(key === '\\q' ? 'Enter' : key);
    }
  }
  throw new Error(`the exercise was not reached; the last end:\n${ended}`);
}

let actions = 0;

async function play(script: readonly Action[]): Promise<void> {
  terminal = await open();
  try {
    await toExercise();
    for (const one of script) {
      actions += 1;
      if (one.do === 'kill') {
        await terminal.killProgram();
        await terminal.shows('[exit ');
        await toExercise();
      } else if (one.do === 'press') await terminal.press(one.key);
      else {
        await terminal.type(one.text);
        await terminal.press('Enter');
      }
    }
    await toExercise();
    await terminal.clear();
    await terminal.type('\\restore');
    await terminal.press('Enter');
    await terminal.shows('state in which this block starts');
    await terminal.type(rightAnswer);
    await terminal.press('Enter');
    await terminal.shows('By which column?');
  } catch (error) {
    throw new Error(`${error}\n${await terminal.all()}`);
  } finally {
    await terminal.close();
    await sandbox.run('reset', '01-learn');
  }
}

test.skipIf(tmuxVersion === undefined)(
  'restored, the solution passes',
  { timeout: playMs + 240_000 },
  async () => {
    const scripts = fc.array(action, { minLength: 3, maxLength: 12 });
    const played = await playFor(scripts, play);
    console.log(`${played.scripts} learners, ${actions} actions; PROPERTY_SEED=${played.seed}`);
    expect(played.failure).toBe('');
  },
);
