// A client of a session for authors: whenever the text of the lesson changes, what is not known to hold any more runs again.
import type { Lesson } from '../lesson/types.ts';
import type { LessonStatus } from './events.ts';
import { type PlannedBlock, plan } from './plan.ts';
import type { Session } from './session.ts';
import { canGoOn, endOf } from './walk.ts';

export interface Writing {
  /** The next text of the lesson that can be read; undefined when there will be none. */
  readonly nextText: () => Promise<Lesson | undefined>;
  /** Is told when what is there now has run. */
  readonly report: (verdict: Verdict) => void;
}

export interface Verdict {
  /** How many blocks there are, without those that are skipped. */
  readonly blocks: number;
  /** How many of them ran for this text. */
  readonly ran: number;
  /** The first that does not hold. */
  readonly failed?: PlannedBlock;
  /** From the text to here, in milliseconds. */
  readonly ms: number;
}

export async function write(session: Session, { nextText, report }: Writing): Promise<LessonStatus> {
  let startedAt = performance.now();
  await session.request({ do: 'start' });
  while (await canGoOn(session)) {
    report({ ...(await runRest(session)), ms: performance.now() - startedAt });
    const lesson = await nextText();
    if (lesson === undefined) break;
    startedAt = performance.now();
    const revised = plan(lesson, session.state.plan.cluster, { solve: true });
    await session.request({ do: 'revise', plan: revised });
  }
  return endOf(session.state);
}

/** From the first block that is not known to hold to the end, or to the first that fails. */
async function runRest(session: Session): Promise<Omit<Verdict, 'ms'>> {
  const blocks = session.state.plan.blocks.filter(({ skip }) => skip === undefined);
  const first = blocks.findIndex(({ index }) => session.state.blocks[index]!.status !== 'passed');
  let ran = 0;
  for (const block of first === -1 ? [] : blocks.slice(first)) {
    await session.request(ran === 0 ? { do: 'restore', block: block.id, again: true } : { do: 'next' });
    if (!(await canGoOn(session))) break;
    ran += 1;
    if (session.state.blocks[block.index]!.status === 'pending') {
      await session.request({ do: 'run', block: block.id });
    }
    if (session.state.blocks[block.index]!.status !== 'passed') {
      return { blocks: blocks.length, ran, failed: block };
    }
  }
  return { blocks: blocks.length, ran };
}
