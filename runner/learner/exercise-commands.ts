// What a learner can do at an exercise besides typing an answer.

import { type Ask, askOn } from '../prompt/ask.ts';
import { catalogCommands } from '../prompt/catalog.ts';
import type { After, Commands, PromptClient, PromptCommand, Use } from '../prompt/client.ts';
import { completeLine, noNames, readNames } from '../prompt/complete.ts';
import { newDisplay } from '../prompt/display.ts';
import { editText } from '../prompt/editor.ts';
import { highlight } from '../report/highlight.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import type { Desk, Move, RequestOf } from './desk.ts';
import { goBack } from './go-back.ts';
import { inTerminal } from './in-terminal.ts';
import { confirm } from './keys.ts';
import { showResults } from './last-results.ts';
import { showMap } from './show-map.ts';
import { chooseStep } from './steps.ts';
import { tryOut } from './try-out.ts';
import type { Verdict, Work } from './work.ts';

/** Words that mean a command when they stand alone. */
export const exerciseWords = {
  h: 'hint',
  hint: 'hint',
  again: 'restore',
  restore: 'restore',
  check: 'check',
  solution: 'solution',
  skip: 'skip',
  back: 'back',
  map: 'map',
  steps: 'steps',
};

export interface AtExercise {
  readonly exercise: PlannedBlock;
  readonly session: Session;
  readonly desk: Desk;
  readonly request: RequestOf;
  readonly work: Work;
  readonly leave: (next: Move) => 'leave';
  readonly after: (verdict: Verdict) => After;
}

export function exerciseCommands(at: AtExercise): Commands {
  const { exercise, session, desk, request, work, leave, after } = at;
  const { invocation, style, notes } = desk;
  const { stdout } = invocation;
  const { hints, solutions } = exercise.block.exercise!;
  const say = (text: string) => void stdout.write(`${text}\n`);
  const noted = () => notes.exercise(exercise.id);

  const command = (help: string, act: (use: Use) => Promise<After | undefined>): PromptCommand => ({
    help,
    run: async (_argument, use) => (await act(use)) ?? 'stay',
  });

  const isSolved = () => noted().status === 'solved';

  const sayHint = (number: number) => {
    const text = `**Hint ${number} of ${hints.length}.** ${hints[number - 1]?.markdown}`;
    say(`${inTerminal(text, desk)}\n`);
  };

  /** The next one; where there is none left, all of them again. */
  const hint = async (): Promise<undefined> => {
    const { hints: given } = noted();
    if (given < hints.length) {
      if (!isSolved()) await notes.change(exercise.id, { hints: given + 1 });
      sayHint(given + 1);
      return;
    }
    for (const number of hints.keys()) sayHint(number + 1);
    say('There are no more hints. \\solution shows a solution.');
  };

  const solution = async ({ screen }: Use): Promise<undefined> => {
    const question = 'Show a solution? The exercise then counts as solved with help.';
    if (!isSolved() && !noted().sawSolution && !(await screen.lend(() => confirm(question, invocation))))
      return undefined;
    if (!isSolved()) await notes.change(exercise.id, { sawSolution: true });
    say(`${highlight(solutions[0]?.text.trimEnd() ?? '', style)}\n`);
    return undefined;
  };

  const skip = async ({ screen }: Use): Promise<After | undefined> => {
    const question = 'Skip this exercise? A solution runs silently, since what follows may need it.';
    if (!(await screen.lend(() => confirm(question, invocation)))) return undefined;
    if (!isSolved()) await notes.change(exercise.id, { status: 'skipped' });
    return leave({ do: 'skip' });
  };

  const edit = async (use: Use): Promise<After | undefined> => {
    const before = await work.draft();
    const edited = await use.screen.lend(() => editText(before, invocation));
    if (edited.kind === 'failed') {
      say(edited.message);
      return undefined;
    }
    if (edited.text.trim() === before.trim() || edited.text.trim() === '') {
      say('The answer was not changed, and not run.');
      return undefined;
    }
    await work.answer.keep(edited.text);
    return after(await work.tryAll(edited.text, use));
  };

  return {
    hint: command('the next hint', hint),
    check: command('look at the checks now, after work in another client', async (use) =>
      after(await work.check(use)),
    ),
    restore: command('start again, with the cluster as it was', async (use) => {
      await work.restore(use);
      return undefined;
    }),
    e: command('write your answer in $EDITOR, and try it from the start', edit),
    solution: command('a solution; you then count as helped', solution),
    skip: command('skip this exercise', skip),
    back: command('back to the block before, with the cluster as it was', async () => {
      const before = goBack(exercise, session, desk);
      return before && leave(before);
    }),
    steps: command('the steps of this lesson; go to one of them', async ({ screen }) => {
      const next = await screen.lend(() => chooseStep(session, desk));
      return next && leave(next);
    }),
    v: command('the last result whole, in a pager', async ({ screen }) => {
      await screen.lend(() => showResults(desk.results(), invocation, style));
      return undefined;
    }),
    map: command('the cluster as a picture', async () => {
      await showMap(desk);
      return undefined;
    }),
    t: command('a prompt to try things; all changes so far are undone', async ({ screen }) => {
      await screen.lend(() => tryOut(exercise, session, desk, request));
      return undefined;
    }),
    ...(exercise.block.kind === 'sql' ? catalogCommands(askCoordinator(desk), newDisplay(), style) : {}),
  };
}

/** In a session of its own: one that is in a failed transaction has no answers. */
const askCoordinator =
  ({ cluster }: Desk): Ask =>
  async (sql, signal) => {
    const connection = await cluster.connect('coordinator');
    return askOn(connection)(sql, signal).finally(() => connection.close());
  };

const { signal: never } = new AbortController();

export function completion(desk: Desk): NonNullable<PromptClient['complete']> {
  return async (line) =>
    completeLine(line, await readNames(askCoordinator(desk), never).catch(() => noNames), []);
}
