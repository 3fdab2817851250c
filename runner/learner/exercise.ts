// At an exercise: a prompt on the live cluster. Each statement runs at once, and the exercise is solved as soon as its checks
// pass.
import type { PromptClient } from '../prompt/client.ts';
import { openPrompt } from '../prompt/prompt.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import type { Ask, Desk, Move } from './desk.ts';
import { exerciseCommands, exerciseWords } from './exercise-commands.ts';
import { openWork } from './work.ts';

export async function workAt(
  exercise: PlannedBlock,
  session: Session,
  desk: Desk,
  request: Ask,
): Promise<Move> {
  const { invocation, style } = desk;
  const work = openWork(exercise, session, desk);
  let move: Move = { do: 'leave' };
  const leave = (next: Move) => {
    move = next;
    return 'leave' as const;
  };
  const client: PromptClient = {
    name: () => 'exercise',
    language: exercise.block.kind,
    run: async (text, use) => ((await work.run(text, use)) === 'solved' ? leave({ do: 'next' }) : 'stay'),
    commands: exerciseCommands({ exercise, session, desk, request, work, leave }),
    words: exerciseWords,
    watch: (interject) =>
      work.watch((text) =>
        interject(async (use) =>
          (await work.tryAll(text, use)) === 'solved' ? leave({ do: 'next' }) : 'stay',
        ),
      ),
    history: work.history,
  };
  invocation.stdout.write(`${style('dim', introduction(exercise, work.answer.file))}\n`);
  await openPrompt(client, invocation);
  await work.keep();
  return move;
}

const introduction = ({ block }: PlannedBlock, file: string) =>
  [
    block.kind === 'sql'
      ? 'Your turn: type SQL. It runs at once, and the checks are looked at after each statement.'
      : 'Your turn: type commands. Each runs at once, and the checks are looked at after it.',
    '\\hint helps, \\restore starts again, \\e opens an editor, \\? lists the rest, \\q quits.',
    `An answer that you save in ${file} is tried, too.`,
  ].join('\n');
