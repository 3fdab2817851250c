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

/** In a row, while there is a checkpoint of its state. */
const changesOfBlock = 4;

/** Of a lesson that has passed. Publishes one event, at the end. */
export async function mutate(plan: Plan, context: SessionContext, options: MutateOptions): Promise<void> {
  const { stream, signal } = context;
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  const mayGoOn = () => elapsed() < options.forMs && !signal.aborted;
  const mutant = openMutant(plan, context);
  const survivors: Survivor[] = [];
  let tried = 0;
  try {
    const blocks = shuffled(plan.blocks.filter(isSteady), ({ id }) => id, options.seed);
    const open = blocks.map((block) => ({ block, from: 0 }));
    for (let next = open.shift(); next !== undefined && mayGoOn(); next = open.shift()) {
      const { block } = next;
      const seed = `${options.seed}/${block.id}`;
      let from: number | undefined = next.from;
      for (let times = 0; times < changesOfBlock && from !== undefined && mayGoOn(); times += 1) {
        const trial = await mutant.tryOne(block, { seed, from });
        from = trial && trial.at + 1;
        if (trial === undefined || trial.end === 'refused' || signal.aborted) continue;
        tried += 1;
        if (trial.end === 'survived') survivors.push({ place: block.block.place, what: trial.what });
      }
      if (from !== undefined) open.push({ block, from });
    }
  } finally {
    await mutant.close();
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

/** A lesson whose database is changed, in one session as long as that goes on. */
function openMutant(plan: Plan, context: SessionContext) {
  const { cluster, signal } = context;
  let change: Change | undefined;
  /** Undefined where the block is not to be changed, or has been. */
  let wanted: { readonly seed: string; readonly from: number } | undefined;
  const open = () =>
    openSession(plan, {
      ...context,
      stream: { publish() {} },
      async afterStatements() {
        if (wanted === undefined) return;
        const options = { ...wanted, signal };
        wanted = undefined;
        change = await changeDatabase(cluster, options).catch(() => undefined);
      },
    });
  let session = open();

  const inState = async ({ id, index }: PlannedBlock): Promise<boolean> => {
    if (session.state.phase.kind === 'closed') {
      await session.close();
      session = open();
    }
    if (!(await canGoOn(session))) return false;
    const isNew = session.state.phase.kind === 'new';
    await session.request({ do: isNew ? 'start' : 'disturb' });
    if (!(await canGoOn(session))) return false;
    await session.request({ do: 'restore', block: id, again: true });
    return (await canGoOn(session)) && session.state.blocks[index]!.status === 'pending';
  };

  return {
    /** Undefined where nothing is left to change after this block. */
    async tryOne(
      block: PlannedBlock,
      options: { readonly seed: string; readonly from: number },
    ): Promise<Trial | undefined> {
      if (!(await inState(block))) return undefined;
      change = undefined;
      wanted = options;
      await session.request({ do: 'run', block: block.id });
      wanted = undefined;
      if (change === undefined) return undefined;
      const { at, mutation, isDone } = change as Change;
      const end = isDone ? await watch(session, block) : 'refused';
      return { what: mutation.what, at, end };
    },
    close: () => session.close(),
  };
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
