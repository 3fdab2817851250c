// A client of a session that goes the way of the text: each block once, on only while what must hold holds.
import type { LessonStatus } from './events.ts';
import type { Request } from './operation.ts';
import type { PlannedBlock } from './plan.ts';
import type { Session } from './session.ts';
import type { SessionState } from './state.ts';

/**
 * @param before Is called at each block that was reached, before it runs.
 * @param goesOn Whether a block that has failed is not the end.
 */
export async function walk(
  session: Session,
  before: (block: PlannedBlock) => Promise<void> = async () => {},
  goesOn: (block: PlannedBlock) => boolean = () => false,
): Promise<LessonStatus> {
  const askFor = async (request: Request) => {
    if (await canGoOn(session)) await session.request(request);
  };
  await askFor({ do: 'start' });
  while (await canGoOn(session)) {
    await askFor({ do: 'next' });
    const block = session.state.reached;
    if (block === undefined || !(await canGoOn(session))) continue;
    await before(block);
    await askFor({ do: 'run' });
    const hasFailed = session.state.blocks[block.index]!.status === 'failed';
    if (hasFailed && !goesOn(block)) await askFor({ do: 'leave' });
  }
  return endOf(session.state);
}

/** A signal, or the loss of the cluster, ends a lesson at any time. */
export async function canGoOn(session: Session): Promise<boolean> {
  const { phase } = await session.settled();
  return phase.kind === 'new' || phase.kind === 'idle';
}

export function endOf({ phase }: SessionState): LessonStatus {
  return phase.kind === 'closed' ? phase.status : 'left';
}
