// The recorded states of a lesson during a run: compared with, or recorded anew.
import type { StateRecord } from '../session/blocks/judge-state.ts';
import type { Plan } from '../session/plan.ts';
import type { State } from '../state/state.ts';
import { readStates, writeStates } from '../store/recorded-states.ts';

export interface OpenStates extends StateRecord {
  /** Writes what was recorded; what a block left that did not run here stays. */
  write(): Promise<void>;
}

export async function openStates(
  { lesson, cluster, blocks }: Plan,
  file: string,
  { record = false }: { readonly record?: boolean },
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
      const all = blocks.flatMap(({ id, skip }): [string, State][] => {
        const state = states.get(id) ?? (skip === undefined ? undefined : old[id]);
        return state ? [[id, state]] : [];
      });
      if (all.length > 0) await writeStates(file, Object.fromEntries(all));
    },
  };
}
