// The text of a lesson changes while its session stands: what the cluster has been through stays true.
import type { Plan, PlannedBlock } from './plan.ts';
import type { BlockState, SessionState } from './state.ts';

/** All before the first block that changed stands as it did; the session is nowhere until the next `restore`. */
export function revise(state: SessionState, plan: Plan): SessionState {
  const unchanged = firstChange(state.plan, plan);
  const { step: _, reached: __, ...rest } = state;
  return {
    ...rest,
    plan,
    cursor: -1,
    reached: undefined,
    blocks: plan.blocks.map(
      ({ index }): BlockState =>
        index < unchanged ? state.blocks[index]! : { status: 'pending', attempts: 0 },
    ),
    trail: state.trail.map((ran) =>
      ran.block.index < unchanged ? { ...ran, block: plan.blocks[ran.block.index]! } : ran,
    ),
  };
}

/** The index of the first block that is not as it was; that after the last where all are. */
function firstChange(before: Plan, after: Plan): number {
  const isChanged = (block: PlannedBlock) => {
    const old = before.blocks[block.index];
    return old === undefined || !isSame(old, block);
  };
  return after.blocks.find(isChanged)?.index ?? after.blocks.length;
}

/** Wherever it stands, and whatever it is called. */
const isSame = (one: PlannedBlock, other: PlannedBlock): boolean => contentOf(one) === contentOf(other);

const contentOf = ({ block, text, skip }: PlannedBlock): string =>
  JSON.stringify({ block, text, skip }, (key, value) =>
    key === 'place' || key === 'id' ? undefined : value,
  );
