// At an exercise: a prompt on the live cluster. Each statement runs at once, and the exercise is solved as soon as its checks
// pass.
import { knownMistake } from '../lesson/known-mistake.ts';
import type { After, PromptClient, PromptCommand } from '../prompt/client.ts';
import { openPrompt } from '../prompt/open-prompt.ts';
import { highlight } from '../report/highlight.ts';
import { renderMarkdown } from '../report/markdown.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import { canGoOn } from '../session/walk.ts';
import type { Desk } from './desk.ts';
import { ask } from './keys.ts';
import type { Ask, Move } from './learn.ts';
import { chooseStep } from './steps.ts';
import { showMap, tryOut } from './try-out.ts';

const introduction = (file: string) =>
  `Your turn. Type SQL; the checks are looked at after each statement. \\hint helps, \\restore starts again, \\? lists the rest.
You can also write your answer to ${file}: it is tried when you save it.`;

export async function workAt(
  exercise: PlannedBlock,
  session: Session,
  desk: Desk,
  request: Ask,
): Promise<Move> {
  const { invocation, style, notes, answerTo } = desk;
  const { stdout } = invocation;
  const { hints, solutions } = exercise.block.exercise!;
  const say = (text: string) => stdout.write(`${text}\n`);
  const answer = answerTo(exercise);
  let move: Move = { do: 'leave' };

  const state = () => session.state.blocks[exercise.index]!;
  const leave = (next: Move): After => {
    move = next;
    return 'leave';
  };
  const note = (change: Parameters<typeof notes.change>[1]) => notes.change(exercise.id, change);

  const work = async (text: string, signal: AbortSignal): Promise<After> => {
    const cancel = () => void session.request({ do: 'cancel' }).catch(() => {});
    signal.addEventListener('abort', cancel, { once: true });
    await session.request({ do: 'work', text }).finally(() => signal.removeEventListener('abort', cancel));
    const { attempts } = notes.exercise(exercise.id);
    if (text !== '') await note({ attempts: attempts + 1 });
    if (!(await canGoOn(session))) return 'leave';
    if (state().status === 'passed') {
      await note({ status: 'solved' });
      await sayOther();
      return leave({ do: 'next' });
    }
    const mistake = await knownMistake(exercise.block.exercise!, state().work?.texts.join('\n') ?? '');
    if (mistake !== undefined) say(`${style('yellow', mistake)}\n`);
    return 'stay';
  };

  /** The author's solution beside the learner's own. */
  const sayOther = async () => {
    const [solution] = solutions;
    const mine = state().work?.texts.join('\n') ?? '';
    await answer.keep(`${mine}\n`);
    if (solution === undefined || notes.exercise(exercise.id).sawSolution) return;
    if (squeeze(solution.text) !== squeeze(mine)) say(`One solution:\n\n${highlight(solution.text, style)}\n`);
  };

  const restore = async (): Promise<void> => {
    await session.request({ do: 'restore', block: exercise.id });
    say(style('dim', 'The cluster is in the state in which the exercise begins.'));
  };

  const command = (help: string, act: (signal: AbortSignal) => Promise<After | void>): PromptCommand => ({
    help,
    run: async (_argument, { signal }) => (await act(signal)) ?? 'stay',
  });

  const commands: PromptClient['commands'] = {
    hint: command('The next hint', async () => {
      const given = notes.exercise(exercise.id).hints;
      const hint = hints[given];
      if (hint === undefined) return void say('There are no more hints. \\solution shows a solution.');
      await note({ hints: given + 1 });
      const text = renderMarkdown(hint.markdown, { style, width: stdout.columns || 80 });
      say(`Hint ${given + 1} of ${hints.length}: ${text}\n`);
    }),
    solution: command('A solution; the exercise then counts as solved with help', async () => {
      const seen = notes.exercise(exercise.id).sawSolution;
      if (!seen && (await ask('Show a solution? The exercise then counts as solved with help.', invocation)) !== true) {
        return;
      }
      await note({ sawSolution: true });
      say(`${highlight(solutions[0]?.text ?? '', style)}\n`);
    }),
    restore: command('Put the cluster back to where the exercise begins', restore),
    check: command('Look at the checks now', (signal) => work('', signal)),
    skip: command('Skip the rest of this step; a solution runs silently', async () => {
      if ((await ask('Skip this exercise?', invocation)) !== true) return;
      await note({ status: 'skipped' });
      return leave({ do: 'skip' });
    }),
    back: command('Back to the block before', async () => {
      const before = session.state.plan.blocks.slice(0, exercise.index).findLast(({ skip }) => skip === undefined);
      if (before) return leave({ do: 'go', block: before.id });
      say('This is the first block of the lesson.');
    }),
    map: command('The cluster as a picture', () => showMap(desk)),
    steps: command('The steps of this lesson; go to one of them', async () => {
      const next = await chooseStep(session, desk);
      return next && leave(next);
    }),
    try: command('A prompt to try things; what you change there is undone', () => tryOut(exercise, desk, request)),
  };

  say(style('dim', introduction(answer.file)));
  await openPrompt(
    {
      name: () => 'exercise',
      run: (sql, { signal }) => work(sql, signal),
      commands,
      words: { h: 'hint', hint: 'hint', again: 'restore', restore: 'restore', skip: 'skip', map: 'map', check: 'check' },
      history: [],
    },
    invocation,
  );
  return move;
}

const squeeze = (sql: string) => sql.replace(/\s+/g, ' ').replace(/\s*;\s*$/, '').trim();
