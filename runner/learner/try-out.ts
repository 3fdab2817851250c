// Beside the lesson: a prompt to try things. What is changed there is undone.
import { fillSql } from '../lesson/captures.ts';
import { nodeCalled, openNodeSession } from '../prompt/node-session.ts';
import { openPrompt } from '../prompt/prompt.ts';
import { serverClient } from '../prompt/server-client.ts';
import { onlyReads } from '../session/blocks/traces.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import { capturedAbove } from '../session/state.ts';
import type { Desk, RequestOf } from './desk.ts';
import { inTerminal } from './in-terminal.ts';

/** @param typed What was typed of a statement already. */
export async function tryOut(
  block: PlannedBlock,
  lesson: Session,
  desk: Desk,
  request: RequestOf,
  typed?: string,
): Promise<void> {
  const { cluster, invocation } = desk;
  const undone = block.block.exercise ? ', and so is your work on the exercise' : '';
  const text = `A prompt to try things: nothing is graded. What you change here is undone${undone}. \`\\\\q\` leads back to the lesson, \`\\\\?\` lists commands.`;
  invocation.stdout.write(`${inTerminal(text, desk)}\n`);
  const session = openNodeSession(cluster, await nodeCalled('coordinator', cluster));
  const client = serverClient(cluster, session, { history: [] }, invocation);
  const captured = capturedAbove(lesson.state, block);
  let isChanged = false;
  try {
    await openPrompt(
      {
        ...client,
        name: () => `try ${client.name()}`,
        run(sql, use) {
          isChanged ||= !onlyReads(sql);
          return client.run(fillSql(sql, captured), use);
        },
        ...(typed !== undefined && { typed }),
      },
      invocation,
    );
  } finally {
    await session.close();
  }
  if (!isChanged) return;
  await request({ do: 'disturb' });
  await request({ do: 'restore', block: block.id });
}
