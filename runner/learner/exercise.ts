// At an exercise: a prompt on the live cluster. Each statement runs at once, and the exercise is solved as soon as its checks
// pass.

import path from 'node:path';
import type { After, PromptClient, Use } from '../prompt/client.ts';
import { openPrompt } from '../prompt/prompt.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import { canGoOn } from '../session/walk.ts';
import type { Desk, Move, RequestOf } from './desk.ts';
import { completion, exerciseCommands, exerciseWords } from './exercise-commands.ts';
import { exerciseKeys } from './exercise-keys.ts';
import { inTerminal } from './in-terminal.ts';
import { openWork, type Verdict } from './work.ts';

export async function workAt(
  exercise: PlannedBlock,
  session: Session,
  desk: Desk,
  request: RequestOf,
): Promise<Move> {
  const { invocation, style } = desk;
  await request({ do: 'prepare' });
  if (!(await canGoOn(session))) return { do: 'leave' };
  const work = openWork(exercise, session, desk);
  let move: Move = { do: 'leave' };
  const leave = (next: Move) => {
    move = next;
    return 'leave' as const;
  };
  const after = (verdict: Verdict): After => {
    if (verdict === 'open') return 'stay';
    return leave({ do: verdict === 'solved' ? 'next' : 'leave' });
  };
  const trySaved = async (text: string, use: Use) => {
    invocation.stdout.write(`${style('dim', 'Your answer was saved; trying it.')}\n\n`);
    return after(await work.tryAll(text, use));
  };
  const saved = await work.answer.read();
  const typed = desk.typedAt(exercise);
  if (typed.length === 0 && saved !== undefined) typed.push(saved.trimEnd());
  const client: PromptClient = {
    name: () => 'exercise',
    language: exercise.block.kind,
    run: async (text, use) => after(await work.run(text, use)),
    commands: exerciseCommands({ exercise, session, desk, request, work, leave, after }),
    words: exerciseWords,
    watch: (interject) => work.watch((text) => interject((use) => trySaved(text, use))),
    complete: completion(desk),
    history: typed,
    remember: (entry) => void typed.unshift(entry),
  };
  const file = path.relative(invocation.cwd, work.answer.file);
  const text = introduction(exercise, file.startsWith('..') ? work.answer.file : file);
  invocation.stdout.write(`${inTerminal(text, desk)}\n\n${style('dim', exerciseKeys)}\n\n`);
  await openPrompt(client, invocation);
  await work.keep();
  return move;
}

const introduction = ({ block }: PlannedBlock, file: string) =>
  [
    block.kind === 'sql'
      ? '**Your turn.** Type SQL: it runs at once, and the checks are looked at after each statement.'
      : '**Your turn.** Type commands for bash: each runs at once, without a terminal, and the checks are looked at after it. `echo "SELECT 1" | lesson psql` runs SQL.',
    `You can also save your answer as \`${file}\`.`,
  ].join('\n');
