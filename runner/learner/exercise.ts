// At an exercise: a prompt on the live cluster. Each statement runs at once, and the exercise is solved as soon as its checks
// pass.

import path from 'node:path';
import type { PromptClient } from '../prompt/client.ts';
import { openPrompt } from '../prompt/prompt.ts';
import { renderMarkdown } from '../report/markdown.ts';
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
  const file = path.relative(invocation.cwd, work.answer.file);
  const text = introduction(exercise, file.startsWith('..') ? work.answer.file : file);
  invocation.stdout.write(`${renderMarkdown(text, { style, width: invocation.stdout.columns || 80 })}\n\n`);
  await openPrompt(client, invocation);
  await work.keep();
  return move;
}

const introduction = ({ block }: PlannedBlock, file: string) =>
  [
    block.kind === 'sql'
      ? '**Your turn.** Type SQL: it runs at once, and the checks are looked at after each statement.'
      : '**Your turn.** Type commands: each runs at once, and the checks are looked at after it.',
    `You can also save your answer as \`${file}\`.`,
    '\n`\\hint` · `\\restore` starts again · `\\e` editor · `\\map` · `\\skip` · `\\?` all commands · `\\q` quit',
  ].join('\n');
