// A client of a session that goes the way of the text: each block once, on only while what must hold holds.
import type { LessonStatus } from './events.ts';
import type { Request } from './operation.ts';
import type { PlannedBlock } from './plan.ts';
import type { Session } from './session.ts';
import type { SessionState } from './state.ts';

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
  const askFor = async (request: Request) => {
    if (await canGoOn(session)) await session.request(request);
  };
  await askFor({ do: 'start' });
  for (let isAgain = false; await canGoOn(session); ) {
    if (!isAgain) await askFor({ do: 'next' });
    const block = session.state.reached;
    if (block === undefined || !(await canGoOn(session))) continue;
    await askFor(await before(block));
    isAgain = (await canGoOn(session)) && statusOf(session, block) === 'failed';
    if (!isAgain) continue;
    if ((await afterFailure(block)) === 'again') await askFor({ do: 'restore', block: block.id });
    if (statusOf(session, block) === 'failed') await askFor({ do: 'leave' }); // it stops, or cannot be restored
  }
  return endOf(session.state);
}

/** A signal, or the loss of the cluster, ends a lesson at any time. */
export async function canGoOn(session: Session): Promise<boolean> {
  const { phase } = await session.settled();
  return phase.kind === 'new' || phase.kind === 'idle';
}

const statusOf = ({ state }: Session, { index }: PlannedBlock) => state.blocks[index]!.status;

function endOf({ phase }: SessionState): LessonStatus {
  return phase.kind === 'closed' ? phase.status : 'left';
}
