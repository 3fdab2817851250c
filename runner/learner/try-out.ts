// Beside the lesson: the cluster as a picture, and a prompt to try things. What is changed there is undone.
import { readMap } from '../map/read-map.ts';
import { renderMap } from '../map/render-map.ts';
import { openNodeSession } from '../prompt/node-session.ts';
import { openPrompt } from '../prompt/prompt.ts';
import { serverClient } from '../prompt/server-client.ts';
import { onlyReads } from '../session/blocks/traces.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Ask, Desk } from './desk.ts';

export async function showMap({ cluster, invocation, style }: Desk): Promise<void> {
  const { stdout, signal } = invocation;
  const data = await readMap(cluster, signal);
  stdout.write(`${renderMap(data, { style, width: stdout.columns || 80 })}\n`);
}

/** @param typed What was typed of a statement already. */
export async function tryOut(block: PlannedBlock, desk: Desk, request: Ask, typed?: string): Promise<void> {
  const { cluster, invocation, style } = desk;
  invocation.stdout.write(
    style(
      'dim',
      'A prompt of its own: nothing here is graded. \\q leads back to the lesson, \\? lists commands.\n',
    ),
  );
  const session = openNodeSession(cluster, 'coordinator');
  const client = serverClient(cluster, session, { history: [] }, invocation);
  let isChanged = false;
  try {
    await openPrompt(
      {
        ...client,
        name: () => `try ${client.name()}`,
        run(sql, use) {
          isChanged ||= !onlyReads(sql);
          return client.run(sql, use);
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
