// A client of a session that goes the way of the text: each block once, on only while what must hold holds.
import type { LessonStatus } from './events.ts';
import type { PlannedBlock } from './plan.ts';
import type { Session } from './session.ts';
import { currentBlock, type SessionState } from './state.ts';

/** What the learner decides; `unattended` where nobody is asked. */
export interface Control {
  readonly before: (block: PlannedBlock) => Promise<Decision>;
  /** After a block whose expectations did not hold. */
  readonly afterFailure: (block: PlannedBlock) => Promise<'again' | 'stop'>;
}

export type Decision =
  | {
      readonly do: 'run';
      /** What the learner wrote for an exercise. */
      readonly answer?: string;
    }
  /** The rest of the step. */
  | { readonly do: 'skip' }
  | { readonly do: 'leave' };

export const unattended: Control = {
  before: async () => ({ do: 'run' }),
  afterFailure: async () => 'stop',
};

export async function walk(session: Session, { before, afterFailure }: Control): Promise<LessonStatus> {
  await session.request({ do: 'start' });
  for (let isAgain = false; ; ) {
    if (!isAgain && canGoOn(session)) await session.request({ do: 'next' });
    const block = currentBlock(session.state);
    const decision = block && canGoOn(session) && (await before(block));
    if (!block || !decision || !canGoOn(session)) break;
    await session.request(decision);
    isAgain = canGoOn(session) && session.state.blocks[block.index]!.status === 'failed';
    if (!isAgain) continue;
    const next = await afterFailure(block);
    if (canGoOn(session)) {
      await session.request(next === 'stop' ? { do: 'leave' } : { do: 'restore', block: block.id });
    }
  }
  return statusOf(session.state) ?? 'left';
}

/** A signal, or the loss of the cluster, ends a lesson at any time. */
const canGoOn = ({ state }: Session) => statusOf(state) === undefined;

/** How the lesson ended; undefined while it has not. */
function statusOf({ phase }: SessionState): LessonStatus | undefined {
  return phase.kind === 'closed' ? phase.status : undefined;
}
