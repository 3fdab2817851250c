// The learner's own cells: where they stand, what is in them, and what came of it in this tab.
import { signal } from '@preact/signals';
import type { ScratchRun } from '../../runner/page/scratch.ts';
import type { ScratchCell } from '../../runner/store/own-cells.ts';
import { forget, keepSoon } from './keep.ts';
import { ask, Refusal } from './server.ts';

export const scratch = signal<readonly ScratchCell[]>([]);

export interface Running {
  readonly status: 'running';
  readonly cancel: () => void;
}

export type ScratchState =
  | Running
  | Pick<ScratchRun, 'status' | 'output'>
  | { readonly status: 'refused'; readonly why: string };

/** By the id of the cell. */
export const scratchStates = signal<Readonly<Record<string, ScratchState>>>({});

export function addScratch(after: string): void {
  const cell = { id: `scratch/${crypto.randomUUID().slice(0, 8)}`, after, text: '' };
  scratch.value = [...scratch.value, cell];
  keepSoon('/api/scratch', cell.id, cell);
}

export function changeScratch(cell: ScratchCell): void {
  scratch.value = scratch.value.map((each) => (each.id === cell.id ? cell : each));
  keepSoon('/api/scratch', cell.id, cell);
}

export function removeScratch(id: string): void {
  scratch.value = scratch.value.filter((each) => each.id !== id);
  forget(id);
  void ask('/api/scratch/remove', { id }).catch(() => {});
}

export async function runScratch({ id, text }: ScratchCell): Promise<void> {
  const running = new AbortController();
  const become = (state: ScratchState) => {
    scratchStates.value = { ...scratchStates.value, [id]: state };
  };
  become({ status: 'running', cancel: () => running.abort() });
  try {
    become(await ask<ScratchRun>('/api/scratch/run', { text }, running.signal));
  } catch (error) {
    const why = error instanceof Refusal ? `${error.message} ${error.hint ?? ''}` : String(error);
    become(running.signal.aborted ? { status: 'cancelled', output: [] } : { status: 'refused', why });
  }
}
