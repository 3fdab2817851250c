// Where a learner goes on in a lesson.
import type { Request } from '../session/operation.ts';
import type { Plan } from '../session/plan.ts';
import type { Notes } from './notes.ts';

/** What starts a session at this block; at the beginning where there is none that runs, and where it is the first. */
export function startFrom(
  { blocks, byId }: Plan,
  { exercise }: Notes,
  block: string | undefined,
): Extract<Request, { do: 'start' }> {
  const target = block === undefined ? undefined : byId.get(block);
  if (target === undefined || target.skip !== undefined || target.index === 0) return { do: 'start' };
  const solved = blocks.filter(({ id }) => exercise(id).status === 'solved').map(({ id }) => id);
  return { do: 'start', from: target.id, solved };
}
