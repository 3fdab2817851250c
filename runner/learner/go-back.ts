// Back to the block before, with the cluster as it was there.
import type { PlannedBlock } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import type { Desk, Move } from './desk.ts';

/** Undefined at the first block, which is said. */
export function goBack(block: PlannedBlock, { state }: Session, { invocation }: Desk): Move | undefined {
  const before = state.plan.blocks.slice(0, block.index).findLast(({ skip }) => skip === undefined);
  if (before) return { do: 'go', block: before.id };
  invocation.stdout.write('This is the first block of the lesson.\n');
  return undefined;
}
