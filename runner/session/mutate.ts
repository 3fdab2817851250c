// A client of sessions that tests the tests: between the statements of a block and its checks the database is changed behind
// the back of the lesson, and then the lesson must fail, at this block or at a later one.
import { type Change, changeDatabase } from '../mutation/change.ts';
import { shuffled } from '../mutation/order.ts';
import type { Survivor } from './events.ts';
import type { Plan, PlannedBlock } from './plan.ts';
import { openSession, type Session, type SessionContext } from './session.ts';
import { canGoOn } from './walk.ts';

export interface MutateOptions {
  readonly seed: string;
  /** No mutation begins later. */
  readonly forMs: number;
}

/** Of a lesson that has passed. Tells one event, at the end. */
export async function mutate(plan: Plan, context: SessionContext, options: MutateOptions): Promise<void> {
  const { stream, signal } = context;
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  const survivors: Survivor[] = [];
  let tried = 0;
  const blocks = plan.blocks.filter(isSteady);
  const open = shuffled(blocks, ({ id }) => id, options.seed).map((block) => ({ block, from: 0 }));
  while (elapsed() < options.forMs && !signal.aborted) {
    const next = open.shift();
    if (next === undefined) break;
    const { block } = next;
    const trial = await tryOne(plan, context, { ...next, seed: `${options.seed}/${block.id}` });
    if (trial === undefined) continue;
    open.push({ block, from: trial.at + 1 });
    if (trial.end === 'refused' || signal.aborted) continue;
    tried += 1;
    if (trial.end === 'survived') survivors.push({ place: block.block.place, what: trial.what });
  }
  const { id, place } = plan.lesson;
  const byLine = survivors.toSorted((a, b) => a.place.line - b.place.line);
  stream.publish(
    {
      type: 'mutations-tried',
      place,
      tried,
      noticed: tried - survivors.length,
      survivors: byLine,
      ms: elapsed(),
    },
    { lesson: id },
  );
}

/** Of a block that is tried again, or goes on in the background, nobody can say when it has run. */
const isSteady = ({ block, skip }: PlannedBlock) =>
  skip === undefined && block.retryMs === undefined && !(block.kind === 'sql' && block.everyMs !== undefined);

interface Trial {
  readonly what: string;
  readonly at: number;
  readonly end: 'noticed' | 'survived' | 'refused';
}

/** Undefined where nothing is left to change after this block. */
async function tryOne(
  plan: Plan,
  context: SessionContext,
  { block, seed, from }: { readonly block: PlannedBlock; readonly seed: string; readonly from: number },
): Promise<Trial | undefined> {
  const { cluster, signal } = context;
  const changes: (Change | undefined)[] = [];
  const session = openSession(plan, {
    ...context,
    stream: { publish() {} },
    async afterStatements() {
      if (changes.length > 0) return;
      changes.push(await changeDatabase(cluster, { seed, from, signal }).catch(() => undefined));
    },
  });
  try {
    const { blocks } = await session.request({ do: 'start', from: block.id });
    const isThere = blocks[block.index]!.status === 'pending';
    if (!isThere || !(await canGoOn(session))) return undefined;
    await session.request({ do: 'run', block: block.id });
    const [change] = changes;
    if (change === undefined) return undefined;
    const { at, mutation } = change;
    const end = change.isDone ? await watch(session, block) : 'refused';
    return { what: mutation.what, at, end };
  } finally {
    await session.close();
  }
}

/** Goes on from a block that has run, until something fails. */
async function watch(session: Session, { index }: PlannedBlock): Promise<'noticed' | 'survived'> {
  const hasFailed = (at: number) =>
    session.state.phase.kind === 'closed' || session.state.blocks[at]!.status === 'failed';
  if (hasFailed(index)) return 'noticed';
  for (const next of session.state.plan.blocks.slice(index + 1)) {
    if (next.skip !== undefined) continue;
    await session.request({ do: 'run', block: next.id });
    if (hasFailed(next.index)) return 'noticed';
  }
  return 'survived';
}
