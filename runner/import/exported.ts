// What `lesson export` notes in a notebook, so that the lesson can be had back: the fences of its blocks, and what it needs.
import { readFenceHeader } from '../lesson/fence.ts';
import type { FenceText, Import, ImportedBlock } from './draft.ts';

export function readLessonOfNotebook(noted: unknown): Pick<Import, 'init' | 'workers'> {
  const { init, workers } = (noted ?? {}) as { readonly init?: unknown; readonly workers?: unknown };
  const isCount = typeof workers === 'string' && /^(?:exactly )?[1-9]\d{0,5}$/.test(workers);
  return { init: Array.isArray(init) ? init.filter(isSqlFile) : [], ...(isCount && { workers }) };
}

/** Undefined where a cell was not written by `lesson export`. */
export function readNotedBlock(noted: unknown): Pick<ImportedBlock, 'info' | 'below'> | undefined {
  const { fence, below } = (noted ?? {}) as { readonly fence?: unknown; readonly below?: unknown };
  if (typeof fence !== 'string' || !isBlock(fence) || !Array.isArray(below)) return undefined;
  return { info: fence, below: below.filter(isFence) };
}

function isBlock(fence: string): boolean {
  let isMistaken = /[\n`]/.test(fence);
  const header = readFenceHeader(fence, 1, () => {
    isMistaken = true;
  });
  return header?.role === 'block' && !isMistaken;
}

const isFence = (value: Partial<FenceText> | null): value is FenceText =>
  expectationInfo.test(value?.info ?? '') && typeof value?.text === 'string';

const expectationInfo = /^(?:result|error|output)(?: \{engine=(?:citus|built-in)\})?$/;

const isSqlFile = (name: unknown): name is string => typeof name === 'string' && /^[\w./-]+\.sql$/.test(name);
