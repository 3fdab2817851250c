// The recorded states of a lesson during a run: compared with, or recorded anew.
import type { StateRecord } from '../session/blocks/judge-state.ts';
import type { Plan, PlannedBlock } from '../session/plan.ts';
import { compareStates } from '../state/compare.ts';
import { without } from '../state/exceptions.ts';
import type { State } from '../state/state.ts';
import { readStates, type States } from '../store/recorded-states.ts';

/** Set where states are not compared, but recorded. */
export interface Recording {
  /** Whether a record that holds stays as it is. */
  readonly keeps: boolean;
  /** Is called with all states of a lesson that has passed. */
  readonly write: (lessonFile: string, states: States) => Promise<void>;
}

export interface OpenStates extends StateRecord {
  /** Writes what was recorded; what a block left that did not run here stays. */
  write(): Promise<void>;
}

export async function openStates(
  { lesson, cluster, blocks }: Plan,
  file: string,
  { record }: { readonly record?: Recording },
): Promise<OpenStates> {
  const { workers } = cluster;
  const before = record ? {} : await readStates(file, lesson.place.file);
  const states = new Map<string, State>(Object.entries(before));
  return {
    workers,
    get: (block) => states.get(block),
    ...(record && { set: (block: string, state: State) => void states.set(block, state) }),
    async write() {
      if (!record) return;
      const old = await readStates(file, lesson.place.file).catch((): Record<string, State> => ({}));
      const all = blocks.flatMap((block): [string, State][] => {
        const { id, skip } = block;
        const left = states.get(id);
        const stays = left === undefined ? skip !== undefined : record.keeps && holds(block, old[id], left);
        const state = stays ? old[id] : left;
        return state ? [[id, state]] : [];
      });
      if (all.length > 0) await record.write(file, Object.fromEntries(all));
    },
  };
}

function holds({ block }: PlannedBlock, recorded: State | undefined, left: State): boolean {
  if (recorded === undefined) return false;
  return compareStates(without(recorded, block.state?.except ?? []), left, '').length === 0;
}
