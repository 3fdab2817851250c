// At a block that the author wrote: the learner runs it, or does something else first.
import { editText } from '../prompt/editor.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import { canGoOn } from '../session/walk.ts';
import type { Desk, Move, RequestOf } from './desk.ts';
import { goBack } from './go-back.ts';
import { ask, askLine, type LineQuestion } from './keys.ts';
import { showResults } from './last-results.ts';
import { type Choices, choose } from './menu.ts';
import { askToPredict, type Guess, guesses } from './predict.ts';
import { showMap } from './show-map.ts';
import { chooseStep } from './steps.ts';
import { tryOut } from './try-out.ts';

const yourGuess: LineQuestion = {
  question: 'Your guess: ',
  help: 'Type what you expect the block to return. Enter alone: no guess.',
};

type Does = 'view' | 'run' | 'rest' | 'again' | 'edit' | 'skip' | 'back' | 'map' | 'try' | 'steps' | 'leave';

const always: Choices<Does> = {
  e: { does: 'edit', label: 'edit', help: 'Edit the block in your editor, and run that' },
  b: { does: 'back', label: 'back', help: 'Back to the block before, with the cluster as it was there' },
  s: {
    does: 'skip',
    label: 'skip',
    help: 'Skip the rest of this step; it runs silently',
  },
  v: { does: 'view', help: 'The last results whole, in a pager' },
  m: { does: 'map', label: 'map', help: 'The cluster as a picture' },
  p: { does: 'try', label: 'psql', help: 'A SQL prompt to try things; changes there are undone' },
  t: { does: 'try', help: 'The same' },
  l: { does: 'steps', label: 'steps', help: 'The steps of this lesson; go to one of them' },
  q: { does: 'leave', label: 'quit', help: 'Leave; the same command comes back to this block' },
};

const beforeRun: Choices<Does> = {
  Enter: { does: 'run', label: 'run', help: 'Run the block' },
  r: { does: 'rest', label: 'rest', help: 'Run the rest of this step without asking' },
  ...always,
};

const afterFailure: Choices<Does> = {
  a: {
    does: 'again',
    label: 'again',
    help: 'Again, with the cluster as it was before this block',
  },
  ...always,
};

export async function standAt(
  block: PlannedBlock,
  session: Session,
  desk: Desk,
  request: RequestOf,
): Promise<Move> {
  const status = () => session.state.blocks[block.index]!.status;
  const run = async (
    text: { readonly answer?: string; readonly guess?: string } = {},
  ): Promise<Move | undefined> => {
    await request({ do: 'run', ...text });
    if (status() === 'passed') return { do: 'next' };
    desk.rest = undefined;
    return undefined;
  };
  if (desk.rest === block.step && status() === 'pending') {
    const move = await run();
    if (move) return move;
  }
  desk.rest = undefined;
  const guessed = async (guess: string) => (guess === '' ? undefined : run({ guess }));
  const { prediction } = block.block;
  if (prediction && status() === 'pending') askToPredict(prediction, desk);
  while (await canGoOn(session)) {
    const keys = status() === 'pending' ? { ...guesses(prediction), ...beforeRun } : afterFailure;
    const takesText = status() === 'pending' && prediction !== undefined && prediction.choices === undefined;
    const choice = await choose<Does | Guess>(keys, desk, { takesText });
    if (choice === undefined) return { do: 'leave' };
    let move: Move | undefined;
    if (typeof choice === 'string') move = await act(choice);
    else if ('guess' in choice)
      move = await guessed(choice.guess ?? (await askLine(yourGuess, desk.invocation)));
    else if (takesText && /^\d/.test(choice.typed)) {
      move = await guessed(await askLine({ ...yourGuess, typed: choice.typed }, desk.invocation));
    } else await tryOutHere(choice.typed);
    if (move) return move;
  }
  return { do: 'leave' };

  async function tryOutHere(typed?: string): Promise<void> {
    await request({ do: 'prepare' });
    if (await canGoOn(session)) await tryOut(block, session, desk, request, typed);
  }

  async function act(choice: Does): Promise<Move | undefined> {
    switch (choice) {
      case 'run':
        return run();
      case 'rest':
        desk.rest = block.step;
        return run();
      case 'again':
        return { do: 'go', block: block.id };
      case 'edit': {
        const edited = await editText(block.text, desk.invocation);
        if (edited.kind === 'saved')
          return edited.text.trim() === block.text.trim() ? undefined : run({ answer: edited.text });
        desk.invocation.stdout.write(`${edited.message}\n`);
        return undefined;
      }
      case 'skip': {
        const answer = await ask('Skip the rest of this step?', desk.invocation);
        if (answer === true) return { do: 'skip' };
        // Whoever types a statement at the keys begins with one of them.
        if (answer !== false) await tryOutHere(`s${answer.typed}`);
        return undefined;
      }
      case 'back':
        return goBack(block, session, desk);
      case 'view':
        await showResults(desk.results(), desk.invocation, desk.style);
        return undefined;
      case 'map':
        await request({ do: 'prepare' });
        if (await canGoOn(session)) await showMap(desk);
        return undefined;
      case 'try':
        await tryOutHere();
        return undefined;
      case 'steps':
        return chooseStep(session, desk);
      case 'leave':
        return { do: 'leave' };
    }
  }
}
